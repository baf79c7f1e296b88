/** redis-benchmark: its options, its figures, and that they are those of the simulated machine. */
import { expect, test } from 'vitest';
import { ShellLab } from './harness.ts';

const NOTE = 'The times are those of the simulated machine.\n';

test('-q tells a line a test, and what was asked for was done', () => {
  const lab = new ShellLab();
  const { stdout, exitCode } = lab.run('redis-benchmark -t set,get -n 500 -c 10 -r 1000 -d 20 -q');
  expect(stdout).toMatch(
    /^SET: \d+\.\d\d requests per second, p50=\d+\.\d{3} msec\nGET: \d+\.\d\d requests per second, p50=\d+\.\d{3} msec\n/,
  );
  expect(stdout.endsWith(NOTE)).toBe(true);
  expect(exitCode).toBe(0);
  expect(lab.run('redis-cli INFO commandstats').stdout).toMatch(/cmdstat_set:calls=500,/);
  const size = Number(lab.run('redis-cli DBSIZE').stdout);
  expect(size).toBeGreaterThan(300);
  expect(size).toBeLessThanOrEqual(500);
  expect(lab.run('redis-cli STRLEN $(redis-cli RANDOMKEY)').stdout).toBe('20\n');
});

test('the price of always shows, and a pipeline pays it once', () => {
  const rate = (appendfsync: string, more: string): number => {
    const lab = new ShellLab({ lanes: [{ config: { appendfsync } }], disk: { preset: 'hdd' } });
    const { stdout } = lab.run(`redis-benchmark -t set -n 200 -c 1 -q ${more}`);
    return Number(/SET: ([\d.]+) /.exec(stdout)?.[1]);
  };
  const always = rate('always', '');
  expect(rate('no', '')).toBeGreaterThan(20 * always);
  expect(rate('always', '-P 20')).toBeGreaterThan(10 * always);
});

test('--csv and the whole report are laid out as redis-benchmark lays them out', () => {
  const lab = new ShellLab();
  const csv = lab.run('redis-benchmark -t incr,mset -n 100 -c 5 --csv');
  const [head, ...rows] = csv.stdout.trim().split('\n');
  expect(head).toBe(
    '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"',
  );
  expect(rows.map((row) => row.split(',')[0])).toEqual(['"INCR"', '"MSET (10 keys)"']);
  for (const row of rows) expect(row).toMatch(/^"[^"]+"(?:,"\d+\.\d+"){7}$/);
  expect(csv.stderr).toBe(NOTE);
  const whole = lab.run('redis-benchmark -n 100 -c 5 LPUSH l a').stdout;
  expect(whole).toMatch(
    /^====== LPUSH l a ======\n {2}100 requests completed in \d+\.\d\d seconds\n {2}5 parallel clients\n/,
  );
  expect(whole).toContain('  host configuration "appendonly": yes\n');
  expect(whole).toContain('100.000% <= ');
  expect(lab.run('redis-cli LLEN l').stdout).toBe('100\n');
});

test('says why it cannot: no server, no such option, an error of the server', () => {
  const lab = new ShellLab();
  expect(lab.run('redis-benchmark -p 7777 -q')).toMatchObject({
    stderr: 'Could not connect to Redis at 127.0.0.1:7777: Connection refused\n',
    exitCode: 1,
  });
  expect(lab.run('redis-benchmark --frob 1').stderr).toContain('Invalid option "--frob"');
  expect(lab.run('redis-benchmark -n 10 FROB').stderr).toMatch(
    /^Error from server: ERR unknown command 'FROB'/,
  );
});
