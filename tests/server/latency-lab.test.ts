import { expect, test } from 'vitest';
import { ascii, bytesOf } from '../../src/base/bytes.ts';
import { newSaveLab } from './save-lab.ts';

test('a slow disk shows as latency of the log under always, and a fork as latency of its own', () => {
  const { ask, pass, text } = newSaveLab({
    appendonly: 'yes',
    appendfsync: 'always',
    'latency-monitor-threshold': '1',
  });
  ask('SET a 1');
  pass(1000);
  const latest = JSON.stringify(ask('LATENCY LATEST'));
  expect(latest).toContain('aof-fsync-always');
  expect(latest).not.toContain('aof-write-pending-fsync');
  expect(text('LATENCY DOCTOR')).toContain("Your fsync policy is set to 'always'");
  ask('BGREWRITEAOF');
  pass(2000);
  const forked = /latest_fork_usec:(\d+)/.exec(text('INFO stats'))?.[1];
  expect(Number(forked)).toBeGreaterThan(0);
});

test('commands take the time of their preset, and DEBUG SLEEP its own, in the slow log', () => {
  const { ask, text } = newSaveLab({
    'slowlog-log-slower-than': '1000',
    'enable-debug-command': 'yes',
  });
  ask('SET a 1');
  expect(text('SLOWLOG LEN')).toBe('0');
  ask('DEBUG SLEEP 0.5');
  const entries = JSON.stringify(ask('SLOWLOG GET'));
  expect(entries).toContain('"SLEEP"');
  expect(Number(/"value":(50\d{4})\b/.exec(entries)?.[1])).toBeGreaterThanOrEqual(500_000);
  expect(text('INFO commandstats')).toMatch(/cmdstat_set:calls=1,usec=[1-9]/);
  expect(text('INFO latencystats')).toMatch(/latency_percentiles_usec_set:p50=\d+\.\d{3},p99=/);
});

test('users are kept in their file across a loss of power; one that is deleted loses its connection', () => {
  const { lab, file, text, until } = newSaveLab({ aclfile: '/data/users.acl' });
  expect(lab.lanes[0]!.state.logLines.join('\n')).toContain(
    "Aborting Redis startup because of ACL errors: Error loading ACLs, opening file '/data/users.acl'",
  );
  lab.lanes[0]!.kernel.writeFile(
    '/data/users.acl',
    bytesOf(ascii('user default on nopass ~* &* +@all\n')),
  );
  expect(lab.boot(undefined)).toBeUndefined();
  until(() => lab.lanes[0]!.state.status === 'running');
  expect(text('ACL SETUSER alice on >secret ~a* +@read')).toBe('OK');
  expect(text('ACL SAVE')).toBe('OK');
  const saved = file('/data/users.acl');
  expect(saved).toMatch(
    /^user alice on sanitize-payload #[0-9a-f]{64} ~a\* resetchannels -@all \+@read\nuser default on nopass sanitize-payload ~\* &\* \+@all\n$/,
  );
  lab.crash('power-lost', 'lost', undefined);
  lab.boot(undefined);
  until(() => lab.lanes[0]!.state.status === 'running');
  expect(text('ACL DRYRUN alice GET a1')).toBe('OK');
  expect(file('/data/users.acl')).toBe(saved);
  expect(text('AUTH alice secret')).toBe('OK');
  expect(text('ACL DELUSER alice')).toContain('NOPERM');
});
