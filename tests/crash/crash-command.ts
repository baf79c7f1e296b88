/**
 * `npm run crash [-- --exhaustive] [--seed 1] [--commands N]`: crashes a run of the lab at every byte and at every
 * system call, under each policy, by a kill and by a loss of power with every fate of the tail, and judges what a start
 * brings back. The last line is `K/N violations`.
 */
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { policies, type Policy } from './crash-run.ts';
import { proveCrashes, type CrashProofOptions, type CrashReport } from './crash-proof.ts';

const USAGE = 'usage: npm run crash -- [--exhaustive] [--seed NUMBER] [--commands 20 OR MORE]';
const SHORT = { commands: 400, parts: 1 };
const EXHAUSTIVE = { commands: 10_000, parts: 4 };
const THREADS = 2;

if (isMainThread) await main();
else parentPort!.postMessage(proveCrashes(workerData as CrashProofOptions));

async function main(): Promise<void> {
  const asked = question();
  if (asked === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const { seed, commands, parts } = asked;
  console.log(`seed ${seed}: ${commands} commands under each of ${policies.join(', ')}`);
  const started = performance.now();
  const jobs = policies.flatMap((policy) => partsOf(seed, commands, policy, parts));
  const reports: CrashReport[] = [];
  const work = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      const from = performance.now();
      const report = await inThread(job);
      reports.push(report);
      console.log(line(job, report, (performance.now() - from) / 1000));
      for (const example of report.examples) console.log(`  ${example}`);
    }
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  const sum = (what: Exclude<keyof CrashReport, 'examples'>): number =>
    reports.reduce((so, report) => so + report[what], 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${sum('states')} states, ${sum('loads')} different sets of files, ${sum('scratch')} starts from scratch, ` +
      `${sum('refusals')} damaged tails refused, ${sum('quirks')} holes between two files (a named quirk), ${seconds} s`,
  );
  console.log(`${sum('violations')}/${sum('states')} violations`);
  process.exitCode = sum('violations') === 0 ? 0 : 1;
}

function question(): { seed: number; commands: number; parts: number } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        exhaustive: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        commands: { type: 'string' },
      },
    });
    const preset = values.exhaustive ? EXHAUSTIVE : SHORT;
    const seed = whole(values.seed, 0);
    const commands = whole(values.commands ?? String(preset.commands), 20);
    return seed === undefined || commands === undefined
      ? undefined
      : { seed, commands, parts: preset.parts };
  } catch {
    return undefined;
  }
}

function whole(text: string, least: number): number | undefined {
  const number = Number(text);
  return /^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least ? number : undefined;
}

/** Each part makes the whole run, and crashes it in its own stretch. */
function partsOf(
  seed: number,
  commands: number,
  policy: Policy,
  parts: number,
): CrashProofOptions[] {
  const edge = (part: number): number =>
    part === 0 ? 0 : part === parts ? Infinity : Math.floor((commands * part) / parts);
  return Array.from({ length: parts }, (_, i) => ({
    seed,
    commands,
    policy,
    part: { from: edge(i), to: edge(i + 1) },
  }));
}

/** The bundle is the thread's program as well. */
function inThread(job: CrashProofOptions): Promise<CrashReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(process.argv[1]!, { workerData: job });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function line({ policy, part }: CrashProofOptions, report: CrashReport, seconds: number): string {
  const { states, instants, logBytes, violations } = report;
  const stretch = part === undefined ? '' : ` from command ${part.from}`;
  return `${policy}${stretch}: ${states} states at ${instants} system calls and events, log of ${logBytes} bytes, ${violations} violations, ${seconds.toFixed(1)} s`;
}
