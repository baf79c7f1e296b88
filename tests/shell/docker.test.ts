/** The life of containers: processes of the machine with a root, a network and a /data volume of their own. */
import { describe, expect, test } from 'vitest';
import { replay, runOf } from '../../src/lab/replay.ts';
import { applyAction } from '../../src/lab/action.ts';
import { utf8Encode } from '../../src/base/bytes.ts';
import { ShellLab } from './harness.ts';
import { wholeState } from './random-shell.ts';

const RUN = 'docker run --name redis-aof -d redis --appendonly yes';
const ID = /^[0-9a-f]{64}\n$/;

describe('docker', () => {
  test('runs the documents’ container, which lives and dies as they say', () => {
    const lab = new ShellLab();
    expect(lab.run(RUN).stdout).toMatch(ID);
    lab.advance(3000);
    const ps = lab.run('docker ps').stdout.split('\n');
    expect(ps[0]).toBe(
      'CONTAINER ID   IMAGE     COMMAND                  CREATED         STATUS         PORTS      NAMES',
    );
    expect(utf8(ps[1])).toMatch(
      /^[0-9a-f]{12} {3}redis {5}"docker-entrypoint\.s…" {3}3 seconds ago {3}Up 3 seconds {3}6379\/tcp {3}redis-aof$/,
    );
    expect(lab.run('docker exec redis-aof redis-cli SET user:1 Alice').stdout).toBe('OK\n');
    expect(lab.run('redis-cli EXISTS user:1').stdout).toBe('0\n');
    expect(lab.run('docker exec redis-aof ls /data').stdout).toBe('appendonlydir\n');
    expect(lab.run('docker logs redis-aof').stdout).toMatch(
      /^1:C .* \* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo\n[^]*1:M .* \* Ready to accept connections tcp\n$/,
    );
    expect(lab.run('docker logs --tail 1 redis-aof').stdout).toMatch(/Ready to accept[^\n]*\n$/);
    expect(lab.run('docker kill redis-aof').stdout).toBe('redis-aof\n');
    expect(lab.run('docker ps -a --format "{{.Status}}"').stdout).toMatch(/^Exited \(137\) /);
    expect(lab.run('docker exec redis-aof redis-cli PING')).toMatchObject({
      stderr: expect.stringMatching(
        /^Error response from daemon: container [0-9a-f]{64} is not running\n$/,
      ),
      exitCode: 1,
    });
    expect(lab.run('docker start redis-aof').stdout).toBe('redis-aof\n');
    lab.advance(500);
    expect(lab.run('docker exec -it redis-aof redis-cli GET user:1').stdout).toBe('Alice\n');
    expect(lab.run('docker stop redis-aof').stdout).toBe('redis-aof\n');
    expect(lab.run('docker ps -a --format "{{.Status}}"').stdout).toMatch(/^Exited \(0\) /);
    expect(lab.run('docker restart redis-aof; sleep 0.3').stdout).toBe('redis-aof\n');
    expect(lab.run('docker exec redis-aof redis-cli GET user:1').stdout).toBe('Alice\n');
    expect(lab.run('docker rm redis-aof')).toMatchObject({
      stderr:
        'Error response from daemon: cannot remove container "/redis-aof": container is running: stop the container before removing or force remove\n',
      exitCode: 1,
    });
    expect(lab.run('docker rm -f redis-aof').stdout).toBe('redis-aof\n');
    expect(lab.run('docker ps -aq').stdout).toBe('');
  });

  test('after rm a new container starts empty, while the old data sits in the orphan volume', () => {
    const lab = new ShellLab();
    lab.run(`${RUN}; sleep 0.3; docker exec redis-aof redis-cli SET a 1; docker stop redis-aof`);
    lab.run(`docker rm redis-aof; ${RUN}; sleep 0.3`);
    expect(lab.run('docker exec redis-aof redis-cli DBSIZE').stdout).toBe('0\n');
    const names = lab.run('docker volume ls -q').stdout.trim().split('\n');
    expect(names).toHaveLength(2);
    const holds = lab.run(
      'grep -l "SET" /var/lib/docker/volumes/*/_data/appendonlydir/*.incr.aof',
    ).stdout;
    expect(names.some((name) => holds.includes(name))).toBe(true);
    lab.run('docker rm -f -v redis-aof');
    const pruned = lab.run('docker volume prune -f').stdout;
    expect(pruned).toMatch(/^Deleted Volumes:\n[0-9a-f]{64}\n\nTotal reclaimed space: 0B\n$/);
    expect(lab.run('docker volume ls').stdout).toBe('DRIVER    VOLUME NAME\n');
  });

  test('a named volume keeps the data, a bind shows them on the machine, and a port leads in', () => {
    const lab = new ShellLab();
    lab.run(
      'docker run -d --name one -v keep:/data -p 6380:6379 redis:7.2.4 --appendonly yes; sleep 0.3',
    );
    expect(lab.run('redis-cli -p 6380 SET a 1').stdout).toBe('OK\n');
    expect(lab.run('docker ps --format "{{.Ports}}"').stdout).toBe(
      '0.0.0.0:6380->6379/tcp, [::]:6380->6379/tcp\n',
    );
    expect(lab.run('docker run -d --name two -p 6380:6379 redis')).toMatchObject({
      stderr: expect.stringContaining(
        "Bind for 0.0.0.0:6380 failed: port is already allocated.\nSee 'docker run --help'.\n",
      ),
      exitCode: 125,
    });
    expect(lab.run('docker run -d --name three -p 6379:6379 redis')).toMatchObject({
      stderr: expect.stringContaining('listen tcp4 0.0.0.0:6379: bind: address already in use'),
      exitCode: 125,
    });
    expect(lab.run('docker volume rm keep')).toMatchObject({
      stderr: expect.stringMatching(
        /^Error response from daemon: remove keep: volume is in use - \[[0-9a-f]{64}\]\n$/,
      ),
      exitCode: 1,
    });
    lab.run('docker rm -f one two; docker run -d --name four -v keep:/data redis; sleep 0.3');
    expect(lab.run('docker exec four ls').stdout).toBe('appendonlydir\n');
    lab.run(
      'mkdir -p /srv/bound; docker run -d --name five -v /srv/bound:/data redis --appendonly yes; sleep 0.3',
    );
    expect(lab.run('ls /srv/bound').stdout).toBe('appendonlydir\n');
    expect(lab.run('docker inspect -f "{{.State.Status}} {{.Name}}" five').stdout).toBe(
      'running /five\n',
    );
  });

  test('a power cut ends the containers; what was synced is in their volumes', () => {
    const lab = new ShellLab();
    lab.run(
      'docker run --name rr -d redis --appendonly yes --appendfsync always; sleep 0.3; docker exec rr redis-cli SET a 1',
    );
    lab.lab.crash('power-lost', 'lost', undefined);
    lab.lab.boot(undefined);
    lab.lab.runUntilUp();
    expect(lab.run('docker ps -q').stdout).toBe('');
    expect(lab.run('docker ps -a --format "{{.Status}}"').stdout).toMatch(/^Exited \(255\) /);
    lab.run('docker start rr; sleep 0.3');
    expect(lab.run('docker exec rr redis-cli GET a').stdout).toBe('1\n');
  });

  test('without -d the log is shown until the end, --rm leaves nothing, and a command may be another one', () => {
    const lab = new ShellLab();
    lab.run('docker run --rm --name fore redis > /tmp/out & sleep 0.5; docker stop fore; wait');
    expect(lab.run('tail -n 1 /tmp/out').stdout).toMatch(/# Redis is now ready to exit, bye bye/);
    expect(lab.run('docker ps -aq; docker volume ls -q').stdout).toBe('');
    expect(
      lab.run('docker run --rm redis sh -c "pwd; echo hi > /tmp/x; ls /tmp; exit 3"'),
    ).toMatchObject({
      stdout: '/data\nx\n',
      exitCode: 3,
    });
    expect(lab.run('ls /tmp/x').exitCode).toBe(2);
    expect(lab.run('docker run -it --rm redis redis-server --version').stdout).toMatch(
      /^Redis server v=7\.2\.4 /,
    );
  });

  test.each([
    ['docker exec nobody ls', 'Error response from daemon: No such container: nobody\n', 1],
    ['docker logs nobody', 'Error response from daemon: No such container: nobody\n', 1],
    [
      'docker run postgres',
      "Unable to find image 'postgres:latest' locally\ndocker: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host.\nSee 'docker run --help'.\n",
      125,
    ],
    ['docker frob', "docker: 'frob' is not a docker command.\nSee 'docker --help'\n", 1],
    ['docker run --frob redis', "unknown flag: --frob\nSee 'docker run --help'.\n", 125],
    ['docker volume rm v', 'Error response from daemon: get v: no such volume\n', 1],
    [
      'docker run --rm redis frob',
      'docker: Error response from daemon: failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "frob": executable file not found in $PATH: unknown.\nSee \'docker run --help\'.\n',
      127,
    ],
  ])('%s', (line, stderr, exitCode) => {
    expect(new ShellLab().run(line)).toMatchObject({ stderr, exitCode });
  });

  test('pull finds the image there, and a name is given once', () => {
    const lab = new ShellLab();
    expect(lab.run('docker pull redis').stdout).toContain(
      'Status: Image is up to date for redis:latest\n',
    );
    expect(lab.run('docker images').stdout).toContain('redis        7.2.4     170a1e90f843');
    lab.run(RUN);
    expect(lab.run(RUN)).toMatchObject({
      stderr: expect.stringMatching(
        /^docker: Error response from daemon: Conflict\. The container name "\/redis-aof" is already in use by container "[0-9a-f]{64}"\. You have to remove \(or rename\) that container to be able to reuse that name\.\nSee 'docker run --help'\.\n$/,
      ),
      exitCode: 125,
    });
  });

  test('follows a log until Ctrl-C, and a spoilt record is no container', () => {
    const lab = new ShellLab();
    lab.run(`${RUN}; docker logs -f redis-aof > /tmp/followed & sleep 0.5`);
    lab.run('docker exec redis-aof redis-cli BGREWRITEAOF; sleep 1; kill -INT %1; wait');
    expect(lab.run('cat /tmp/followed').stdout).toContain(
      'Background AOF rewrite finished successfully',
    );
    lab.run(
      'docker rm -f redis-aof; mkdir -p /var/lib/docker/containers/x; echo "{}" > /var/lib/docker/containers/x/config.v2.json',
    );
    expect(lab.run('docker ps -aq').stdout).toBe('');
  });

  test('a run with containers replays', () => {
    const { lab } = new ShellLab();
    for (const line of [
      RUN,
      'docker exec redis-aof redis-cli SET a 1',
      'docker kill redis-aof',
      'docker start redis-aof',
    ]) {
      expect(
        applyAction(lab, { kind: 'shell', lane: 'main', line: utf8Encode(line) }),
      ).toBeUndefined();
      lab.runUntil(lab.clock.now + 1_500_000, Infinity);
    }
    expect(wholeState(replay(runOf(lab)))).toBe(wholeState(lab));
  });
});

function utf8(latin1: string | undefined): string {
  return Buffer.from(latin1 ?? '', 'latin1').toString('utf8');
}
