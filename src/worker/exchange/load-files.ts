/** Starts a lane's server with files from outside, in pieces: first on a scratch machine, then on its own. */
import { noteAction, type LabAction } from '../../lab/action.ts';
import { beginLoad, beginTrial, stepTrial, type Trial } from '../../lab/import.ts';
import type { Lab } from '../../lab/lab.ts';
import { keyCount, laneView } from '../../lab/lane-view.ts';
import type { Lane } from '../../lab/lane.ts';
import type { LabHost } from '../lab-host.ts';
import { laneOf, Refusal } from '../refusal.ts';
import type { Load, LoadOptions } from './import-desk.ts';
import { ZipError } from './read-zip.ts';

type Files = Parameters<Load>[0];
type Loaded = Awaited<ReturnType<Load>>;

/** Between two looks at the worker's messages. */
const SLICE_MS = 25;
const EVENTS_A_LOOK = 1;

export async function loadFiles(
  host: LabHost,
  files: Files,
  options: LoadOptions,
): Promise<Loaded> {
  const { lab } = host;
  const lane = laneOf(lab, options.lane);
  const total = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const told = (stage: 'trying' | 'starting', of: Lab, id: string): void => {
    const { loading } = laneView(laneOf(of, id), of.state.tail);
    options.progress({
      stage,
      done: Math.min(total, loading?.bytes ?? 0),
      total,
      commands: loading?.commands ?? 0,
    });
  };
  const trial = await tried(lab, lane, files, options.signal, (scratch) =>
    told('trying', scratch, 'scratch'),
  );
  return host.hold.during(async () => {
    // While the files were tried out, somebody may have gone to another lab or into the past.
    if (host.lab !== lab || host.past !== null)
      throw new Refusal('another run, or an earlier instant, was opened meanwhile.');
    const at = lab.clock.now - lab.epoch;
    beginLoad(lane, trial);
    const latest = lab.latestStart();
    const { id } = lane.state;
    while (inSlice(() => lab.stepUntilUp(latest, EVENTS_A_LOOK), 'more') === 'more') {
      told('starting', lab, id);
      host.changed();
      await breath();
      // Nobody can take the lab away meanwhile, but for a tab that takes over.
      if (host.lab !== lab) throw new Refusal('another run was opened meanwhile.');
    }
    const named = [...files].map(([name, bytes]) => ({ name, bytes }));
    noteAction(lab, { at, action: { kind: 'import', lane: id, files: named } satisfies LabAction });
    host.reanchor();
    host.changed();
    await host.committed();
    return { keys: keyCount(lane.state), commands: lane.state.records.count };
  });
}

/** The files, found good; rejects with the server's words, or when it is stopped. */
async function tried(
  lab: Lab,
  lane: Lane,
  files: Files,
  signal: AbortSignal,
  told: (scratch: Lab) => void,
): Promise<Trial> {
  const trial = beginTrial(lab, lane, files);
  if ('ok' in trial) throw new Refusal(trial.ok ? '' : trial.error);
  told(trial.scratch);
  let result: ReturnType<typeof stepTrial>;
  do {
    result = inSlice(() => stepTrial(trial), 'more');
    told(trial.scratch);
    await breath();
    if (signal.aborted) throw new ZipError('stopped');
  } while (result === 'more');
  if (!result.ok) throw new Refusal(result.error);
  return trial;
}

/** Steps until the slice is used up or something else than `more` comes. */
function inSlice<T>(step: () => T, more: T): T {
  const until = performance.now() + SLICE_MS;
  let state = step();
  while (state === more && performance.now() < until) state = step();
  return state;
}

function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
