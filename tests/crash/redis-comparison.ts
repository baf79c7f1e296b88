/** The files that accidents leave, loaded by the real redis-server and by ours: outcome, digest and cuts side by side. */
import { datasetDigest } from '../../src/engine/data/digest.ts';
import type { CrashRun, CrashRunOptions } from './crash-run.ts';
import { CrashStates, filesOf, type CrashState, type StateVisitor } from './crash-states.ts';
import { cutsText, RealStarts, type StartOutcome } from './real-starts.ts';
import { complaintIn, startFrom, type Config } from './start-from.ts';
import { SurvivorLoads } from './survivor-loads.ts';

export interface Survival {
  /** What happened, for a reader. */
  readonly where: string;
  readonly files: () => ReadonlyMap<string, Uint8Array>;
  readonly ours: StartOutcome;
}

/**
 * Installed is a 7.0.15, which reads no base file of 7.2 in RDB format; and no key may expire while it looks at them,
 * so the machine's clock stands far ahead.
 */
export const readableByReal: Config = { 'aof-use-rdb-preamble': 'no' };
export const FAR_AHEAD = Date.UTC(2090, 0, 1);

/** Every different set of files that crashes of that run leave, with what ours makes of it. */
export function survivalsOf(options: CrashRunOptions): Survival[] {
  const collector = new Collector(options);
  collector.run.run();
  if (collector.complaints.length > 0) throw new Error(collector.complaints.join('\n'));
  return collector.survivals;
}

/** One in so many survivals is also loaded by our own start from scratch. */
const SCRATCH_EVERY = 200;

class Collector implements StateVisitor {
  readonly survivals: Survival[] = [];
  readonly complaints: string[] = [];
  readonly run: CrashRun;
  private readonly loads: SurvivorLoads;

  constructor(options: CrashRunOptions) {
    const config = { ...readableByReal, ...options.config };
    const states = new CrashStates({ ...options, config, startAt: FAR_AHEAD }, this);
    this.run = states.run;
    this.loads = new SurvivorLoads(states, ({ state }) => datasetDigest(state.databases));
  }

  isDue(): boolean {
    return true;
  }

  instant(): void {}

  complaint(clause: string, text: string): void {
    this.complaints.push(`${clause}: ${text}`);
  }

  unreadable(accident: string, tail: string, problem: string): void {
    this.complaints.push(`${accident}, tail ${tail}: ${problem}`);
  }

  state(state: CrashState): void {
    if (!this.loads.isNew(state)) return;
    const { crash, files, last } = state;
    const where = `${crash.accident}, tail ${crash.tail}, ${last.path} of ${crash.size} bytes`;
    const bytes = (): ReadonlyMap<string, Uint8Array> => filesOf(files);
    const ours = this.resumed(state) ?? this.fromScratch(bytes());
    if (this.survivals.length % SCRATCH_EVERY === 0) {
      const scratch = this.fromScratch(bytes());
      if (difference(ours, scratch) !== null)
        this.complaints.push(`${where}: resumed ${text(ours)}, from scratch ${text(scratch)}`);
    }
    this.survivals.push({ where, files: bytes, ours });
  }

  private resumed(state: CrashState): StartOutcome | undefined {
    const loaded = this.loads.load(state);
    if (loaded === undefined) return undefined;
    const { outcome, why, size, note } = loaded;
    const { path, size: before } = state.last;
    const isReady = outcome === 'ready';
    const cuts = isReady && size !== before ? cutsText(new Map([[path, size]])) : '';
    return { outcome, why, cuts, digest: isReady ? note : '' };
  }

  private fromScratch(files: ReadonlyMap<string, Uint8Array>): StartOutcome {
    return ourOutcome(files, this.run.config, FAR_AHEAD);
  }
}

export function ourOutcome(
  files: ReadonlyMap<string, Uint8Array>,
  config: Config,
  at: number,
): StartOutcome {
  const { outcome, state, cuts, logLines } = startFrom(files, config, at);
  const digest = state === null ? '' : datasetDigest(state.databases);
  const why = outcome === 'refused' ? complaintIn(logLines) : '';
  return { outcome, digest, cuts: cutsText(cuts), why };
}

/** What differs, for a reader; null: nothing. */
export function difference(ours: StartOutcome, real: StartOutcome): string | null {
  return text(ours) === text(real) ? null : `ours ${text(ours)}; redis-server ${text(real)}`;
}

export function text({ outcome, digest, cuts, why }: StartOutcome): string {
  const more = [digest, cuts === '' ? '' : `cut: ${cuts}`, why].filter((word) => word !== '');
  return `${outcome}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}

export interface Comparison {
  readonly compared: number;
  readonly differences: readonly string[];
}

/** `progress` is told after each, and of what differs. */
export async function compareWithReal(
  survivals: readonly Survival[],
  parallel: number,
  progress: (done: number, difference: string | null) => void = () => undefined,
): Promise<Comparison> {
  const real = new RealStarts(parallel);
  const differences: string[] = [];
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < survivals.length) {
      const { where, files, ours } = survivals[next++]!;
      const found = difference(ours, await real.start(files()));
      if (found !== null) differences.push(`${where}: ${found}`);
      progress(++done, found === null ? null : `${where}: ${found}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, work));
  } finally {
    real.remove();
  }
  return { compared: survivals.length, differences };
}
