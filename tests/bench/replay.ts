/** Our side of the replay benchmark, the same in Node and in a Worker. */
import { Engine } from '../../src/engine/engine.ts';
import { newEngineState } from '../../src/engine/engine-state.ts';
import { datasetDigest } from '../../src/engine/data/digest.ts';
import type { ServerPort } from '../../src/engine/server-port.ts';
import { newAofLoad, stepAofLoad } from '../../src/persistence/aof-loader.ts';
import { settingsOf } from '../../src/server/config-settings.ts';
import { defaultDirectives } from '../../src/server/directives.ts';

/** As many as the server replays in one turn (server/startup.ts). */
const COMMANDS_PER_STEP = 1024;

export interface Replayed {
  readonly commands: number;
  readonly milliseconds: number;
  readonly keys: number;
  readonly digest: string;
}

/** Loads a log into an empty engine; `digest` says what came out of it. */
export function replay(
  bytes: Uint8Array,
  now: () => number,
  digest: 'digest' | 'no-digest',
): Replayed {
  const engine = newBenchEngine();
  const start = now();
  const load = newAofLoad(bytes, 0);
  let step = stepAofLoad(load, engine, 0, COMMANDS_PER_STEP);
  while (step.kind === 'more') step = stepAofLoad(load, engine, 0, COMMANDS_PER_STEP);
  const milliseconds = now() - start;
  if (step.kind !== 'done' || load.firstError !== null) {
    throw new Error(
      `the log did not load: ${step.kind} at ${load.at}, ${load.firstError?.text ?? 'no error'}`,
    );
  }
  return {
    commands: load.commands,
    milliseconds,
    keys: engine.state.databases[0]!.space.entries.length,
    digest: digest === 'digest' ? datasetDigest(engine.state.databases) : '',
  };
}

/** An engine with Redis's defaults; of its server, commands find only the configuration. */
export function newBenchEngine(): Engine {
  const server: Pick<ServerPort, 'config'> = { config: settingsOf(defaultDirectives()) };
  return new Engine(newEngineState(16, 1), server as ServerPort);
}
