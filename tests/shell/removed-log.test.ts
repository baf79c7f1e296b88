/** The log is removed under a server that runs: what the lab says would be lost is what a boot does not find. */
import { describe, expect, test } from 'vitest';
import { laneView } from '../../src/lab/lane-view.ts';
import { ShellLab } from './harness.ts';

const everysec = { lanes: [{ config: { appendonly: 'yes', appendfsync: 'everysec' } }] };

function withTwoWrites(): ShellLab {
  const lab = new ShellLab(everysec);
  lab.run('redis-cli SET a 1; redis-cli SET b 2');
  lab.advance(3000);
  expect(viewOf(lab).atRisk.powerLoss.writes).toBe(0);
  return lab;
}

function viewOf(lab: ShellLab) {
  return laneView(lab.lane, lab.lab.state.tail);
}

/** The accident, and a boot. */
function accident(lab: ShellLab, kind: 'process-killed' | 'power-lost') {
  lab.lab.crash(kind, 'lost', undefined);
  const { crash } = viewOf(lab);
  lab.lab.boot(undefined);
  lab.advance(500);
  const { state, keys } = viewOf(lab);
  return { lost: crash?.lost, removed: crash?.fileRemoved, state, keys };
}

describe('a log that is removed under the running server', () => {
  test.each([
    [
      'rm appendonlydir/appendonly.aof.1.incr.aof',
      'failed',
      /Unable to obtain the AOF file appendonly.aof.1.incr.aof length. stat: No such file/,
    ],
    [
      'rm appendonlydir/appendonly.aof.1.base.rdb',
      'failed',
      /Unable to obtain the AOF file appendonly.aof.1.base.rdb length. stat: No such file/,
    ],
    ['mv appendonlydir elsewhere', 'running', null],
    ['rm appendonlydir/appendonly.aof.manifest', 'running', null],
  ] as const)('%s: all is lost with the process, and no boot finds it', (line, state, why) => {
    const lab = withTwoWrites();
    expect(lab.run(line).exitCode).toBe(0);
    expect(viewOf(lab)).toMatchObject({
      fileRemoved: true,
      atRisk: { processKill: { writes: 2 } },
    });
    // The server does not notice.
    expect(lab.run('redis-cli SET c 3').stdout).toBe('OK\n');
    expect(viewOf(lab).atRisk.processKill.writes).toBe(3);
    expect(accident(lab, 'process-killed')).toEqual({ lost: 3, removed: true, state, keys: 0 });
    if (why !== null) expect(viewOf(lab).failure).toMatch(why);
  });

  test('a removal that is not on the disk yet is undone by a power cut; once it is, all is lost', () => {
    const early = withTwoWrites();
    early.run('rm appendonlydir/appendonly.aof.1.incr.aof');
    expect(viewOf(early).atRisk).toMatchObject({
      powerLoss: { writes: 0 },
      processKill: { writes: 2 },
    });
    expect(accident(early, 'power-lost')).toMatchObject({ lost: 0, state: 'running', keys: 2 });

    const late = withTwoWrites();
    late.run('rm appendonlydir/appendonly.aof.1.incr.aof; sync');
    expect(viewOf(late).atRisk.powerLoss.writes).toBe(2);
    expect(accident(late, 'power-lost')).toMatchObject({ lost: 2, state: 'failed', keys: 0 });
  });

  test('a second server on the same directory rewrites the log away: writes after that go nowhere', () => {
    const lab = withTwoWrites();
    lab.run('redis-server --port 6380 --dir /data --appendonly yes --daemonize yes; sleep 1');
    expect(viewOf(lab).fileRemoved).toBe(false);
    lab.run('redis-cli -p 6380 BGREWRITEAOF; sleep 2');
    expect(viewOf(lab).fileRemoved).toBe(true);
    expect(lab.run('redis-cli SET c 3; redis-cli -p 6380 SHUTDOWN').stdout).toBe('OK\n');
    // What the other server had loaded is in its base; the ledger counts this server's log, which is gone.
    expect(accident(lab, 'process-killed')).toEqual({
      lost: 3,
      removed: true,
      state: 'running',
      keys: 2,
    });
  });

  test('a rewrite of its own removes files too, and loses nothing', () => {
    const lab = withTwoWrites();
    lab.run('redis-cli BGREWRITEAOF; sleep 3; redis-cli SET c 3');
    lab.advance(3000);
    expect(viewOf(lab)).toMatchObject({ fileRemoved: false, atRisk: { powerLoss: { writes: 0 } } });
    expect(accident(lab, 'process-killed')).toMatchObject({ lost: 0, keys: 3 });
  });
});
