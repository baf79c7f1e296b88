/** A start of the whole server, from its first system call on, in a machine that holds these files and no others. */
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { EngineState } from '../../src/engine/engine-state.ts';
import type { Engine } from '../../src/engine/engine.ts';

export interface Start {
  readonly outcome: 'ready' | 'refused' | 'aborted';
  /** The last words of a server that did not start. */
  readonly why: string;
  readonly state: EngineState | null;
  readonly engine: Engine | null;
  readonly logLines: readonly string[];
  /** Files that the start has cut, and to which sizes. */
  readonly cuts: ReadonlyMap<string, number>;
  /** As the start has left them. */
  file(path: string): Uint8Array | undefined;
}

export type Config = Readonly<Record<string, string>>;

/** `at`: what the machine's clock shows, milliseconds since 1970. */
export function startFrom(
  files: ReadonlyMap<string, Uint8Array>,
  config: Config,
  at: number,
): Start {
  const plan = planLab(
    {
      lanes: [{ config }],
      disk: { preset: 'nvme' },
      clock: { startAt: at },
      files: Object.fromEntries(files),
    },
    0,
  );
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  const lane = lab.lanes[0]!;
  const { status, logLines, failure } = lane.state;
  const aborted = logLines.some((line) => line.includes('Real Redis aborts here'));
  return {
    outcome: status === 'running' ? 'ready' : aborted ? 'aborted' : 'refused',
    why: failure ?? '',
    state: lane.state.server?.engine ?? null,
    engine: lane.server?.engine ?? null,
    logLines,
    cuts: cutsIn(logLines),
    file: (path) => lane.kernel.readFile(path),
  };
}

/** Which files a start has cut, by its log. */
export function cutsIn(logLines: readonly string[]): Map<string, number> {
  const cuts = new Map<string, number>();
  for (const line of logLines) {
    const words = /Truncating the AOF (\S+) at offset (\d+)/.exec(line);
    if (words !== null) cuts.set(`/data/appendonlydir/${words[1]!}`, Number(words[2]));
  }
  return cuts;
}

/** Why a start was given up, by its log. A command's name may hold line ends. */
export function complaintIn(logLines: readonly string[]): string {
  const log = logLines.join('\n');
  if (log.includes('Bad file format reading')) return 'bad format';
  if (log.includes('the truncated file is not the last file')) return 'torn file is not the last';
  const unknown = /# (Unknown command '[^]*?') reading the append only file/.exec(log);
  if (unknown !== null) return unknown[1]!;
  const other = /# (Unexpected end of file|Unrecoverable error|Fatal error|Found .*|Invalid AOF.*)/;
  return other.exec(log)?.[1] ?? '';
}
