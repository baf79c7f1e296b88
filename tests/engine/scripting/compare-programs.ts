/** Runs random Lua programs here and on the real server, and shows the first that differ, as short as they get. */
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import { seedRandom } from '../../../src/base/random.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import { asRead, newEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import type { RedisConnection } from '../../support/real-redis.ts';
import { programOf, randomStatements } from './random-lua.ts';

const BATCH = 200;

/** Descriptions of what differs, at most five; `count` programs of the seeds from `seed` on. */
export async function differingPrograms(
  real: RedisConnection,
  seed: number,
  count: number,
): Promise<string[]> {
  const found: string[] = [];
  const fixture = newEngineFixture();
  for (let first = 0; first < count && found.length < 5; first += BATCH) {
    const programs = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) =>
      randomStatements(seedRandom(seed + first + i)),
    );
    const theirs = await real.send(programs.map((lines) => evalOf(lines)));
    for (const [i, lines] of programs.entries()) {
      if (textOf(theirs[i]) === textOf(run(fixture, lines))) continue;
      found.push(`SEED ${seed + first + i}\n${await describe(real, fixture, lines)}`);
    }
    // Nothing of scripts past is wanted.
    fixture.engine.state.scripting.scripts.clear();
    await real.send([[ascii('SCRIPT'), ascii('FLUSH')]]);
  }
  return found;
}

async function describe(
  real: RedisConnection,
  fixture: EngineFixture,
  lines: readonly string[],
): Promise<string> {
  let shortest = lines;
  for (let at = 0; at < shortest.length;) {
    const shorter = shortest.toSpliced(at, 1);
    const [theirs] = await real.send([evalOf(shorter)]);
    if (textOf(theirs) === textOf(run(fixture, shorter))) at++;
    else shortest = shorter;
  }
  const [theirs] = await real.send([evalOf(shortest)]);
  return `${shortest.join('\n')}\n  real: ${textOf(theirs)}\n  ours: ${textOf(run(fixture, shortest))}`;
}

function evalOf(lines: readonly string[]): ByteString[] {
  return [ascii('EVAL'), ascii(programOf(lines)), ascii('0')];
}

function run(fixture: EngineFixture, lines: readonly string[]): Reply {
  return asRead(fixture.run(evalOf(lines))[0]!, 2);
}

function textOf(reply: Reply | undefined): string {
  // Where tables and functions lie is nobody's business.
  return JSON.stringify(reply)?.replace(/0x[0-9a-f]{6,}/g, '0x') ?? '';
}
