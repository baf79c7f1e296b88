/**
 * ioredis-mock as the peer of a benchmark: commands in batches, in a process of its own, since some of its commands
 * take longer than anybody waits.
 */
import { spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import Mock from 'ioredis-mock';

export interface MockTask {
  readonly prepare: readonly (readonly string[])[];
  /** Run in turns until the time is up, or the last of so many has run. */
  readonly commands: readonly (readonly string[])[];
  readonly most: number;
}

export const MOCK = '--ioredis-mock';
export const mockName = 'ioredis-mock 8.13.1';

const BATCH = 20;
const MEASURED_MILLIS = 1000;
/** For the preparation as well. */
const PATIENCE_MILLIS = 30_000;

/** Commands a second of processor time; undefined if it did not run a batch in that time. */
export function mockRate(task: MockTask): number | undefined {
  const words = [...process.execArgv, process.argv[1]!, MOCK];
  const { stdout, status } = spawnSync(process.execPath, words, {
    input: JSON.stringify(task),
    encoding: 'utf8',
    timeout: PATIENCE_MILLIS,
    maxBuffer: 1 << 26,
  });
  return status === 0 ? Number(stdout) : undefined;
}

/** What the process does that `mockRate` starts. */
export async function runMock(): Promise<void> {
  const { prepare, commands, most } = JSON.parse(await text(process.stdin)) as MockTask;
  const client = new Mock() as unknown as Record<string, (...args: string[]) => Promise<unknown>>;
  const run = ([name = '', ...args]: readonly string[]): Promise<unknown> =>
    client[name.toLowerCase()]!(...args);
  for (const command of prepare) await run(command);
  const start = performance.now();
  const before = process.cpuUsage();
  let done = 0;
  while (done < most && performance.now() - start < MEASURED_MILLIS) {
    // The first tells how long one takes: some are not to be waited for a hundred times.
    const size = done === 0 ? 1 : Math.min(BATCH, most - done);
    const batch = Array.from({ length: size }, (_, i) => commands[(done + i) % commands.length]!);
    await Promise.all(batch.map(run));
    done += size;
  }
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String(Math.round((done / (user + system)) * 1e6)));
}
