/** Several redis-servers on one machine, each a process of the shell. */
import { describe, expect, test } from 'vitest';
import { ShellLab } from './harness.ts';

describe('a redis-server beside the lab’s own', () => {
  test('has its own port, folder, keys and log', () => {
    const lab = new ShellLab();
    lab.run(
      'mkdir -p /srv/two; redis-server --port 6380 --dir /srv/two --appendonly yes --appendfsync always > /tmp/two.log &',
    );
    lab.run('sleep 0.5; redis-cli SET who first');
    expect(
      lab.run('redis-cli -p 6380 SET who second; redis-cli -p 6380 GET who; redis-cli GET who')
        .stdout,
    ).toBe('OK\nsecond\nfirst\n');
    expect(lab.run('ls /srv/two/appendonlydir').stdout).toBe(
      'appendonly.aof.1.base.rdb\nappendonly.aof.1.incr.aof\nappendonly.aof.manifest\n',
    );
    expect(lab.run('grep -c second /srv/two/appendonlydir/appendonly.aof.1.incr.aof').stdout).toBe(
      '1\n',
    );
    expect(lab.run('grep -c "Ready to accept connections tcp" /tmp/two.log').stdout).toBe('1\n');
    expect(lab.run('kill -TERM %1; wait %1; echo $?; tail -n 1 /tmp/two.log').stdout).toMatch(
      /^0\n\d+:M .* # Redis is now ready to exit, bye bye...\n$/,
    );
    expect(lab.run('redis-cli -p 6380 PING').stderr).toBe(
      'Could not connect to Redis at 127.0.0.1:6380: Connection refused\n',
    );
    expect(lab.run('redis-cli GET who').stdout).toBe('first\n');
  });

  test('refuses a port that is in use', () => {
    const lab = new ShellLab();
    const { stdout, exitCode } = lab.run('cd /tmp; redis-server');
    expect(stdout).toMatch(
      /# Warning: Could not create server TCP listening socket \*:6379: bind: Address already in use\n.*# Failed listening on port 6379 \(tcp\), aborting\.\n$/,
    );
    expect(exitCode).toBe(1);
  });

  test('rewrites its log and saves in children of its own, and is gone with kill -9 and with the power', () => {
    const lab = new ShellLab();
    lab.run(
      'mkdir -p /srv/two; cd /srv/two; redis-server --port 7000 --appendonly yes > log & sleep 0.3',
    );
    lab.run('redis-cli -p 7000 SET a 1; redis-cli -p 7000 BGREWRITEAOF; sleep 2');
    expect(lab.run('ls appendonlydir').stdout).toContain('appendonly.aof.2.base.rdb\n');
    lab.run('redis-cli -p 7000 SET b 2; sleep 2; redis-cli -p 7000 SAVE; kill -9 $!; wait $!');
    expect(lab.run('redis-cli -p 7000 PING').exitCode).toBe(1);
    lab.run('redis-server --port 7000 --appendonly yes > log & sleep 0.3');
    expect(lab.run('redis-cli -p 7000 DBSIZE').stdout).toBe('2\n');
    lab.run('redis-cli -p 7000 SET c 3');
    lab.lab.crash('power-lost', 'lost', undefined);
    lab.lab.boot(undefined);
    lab.lab.runUntilUp();
    expect(lab.run('redis-cli -p 7000 PING').exitCode).toBe(1);
    lab.run('cd /srv/two; redis-server --port 7000 --appendonly yes > log & sleep 0.3');
    expect(lab.run('redis-cli -p 7000 DBSIZE').stdout).toBe('2\n');
  });

  test('two on one directory write into each other’s log, as real ones do', () => {
    const lab = new ShellLab();
    lab.run(
      'mkdir /srv/x -p; cd /srv/x; for p in 7001 7002; do redis-server --port $p --appendonly yes --appendfsync always > /dev/null & sleep 0.3; done',
    );
    lab.run('redis-cli -p 7001 SET a 1; redis-cli -p 7002 SET b 2');
    const log = lab.run('cat appendonlydir/*.incr.aof').stdout;
    expect(log).toContain('\na\r\n');
    expect(log).toContain('\nb\r\n');
  });

  test('MONITOR, SUBSCRIBE and a blocked client are served', () => {
    const lab = new ShellLab();
    lab.run('redis-server --port 7003 --dir /tmp > /dev/null & sleep 0.3');
    lab.run(
      'redis-cli -p 7003 BLPOP q 0 > /tmp/got & sleep 0.1; redis-cli -p 7003 RPUSH q x; wait $!',
    );
    expect(lab.run('cat /tmp/got').stdout).toBe('q\nx\n');
    lab.run(
      'redis-cli -p 7003 MONITOR | head -n 2 > /tmp/seen & sleep 0.1; redis-cli -p 7003 PING; sleep 0.1',
    );
    expect(lab.run('cat /tmp/seen').stdout).toMatch(/^OK\n.*"PING"\n$/);
  });
});
