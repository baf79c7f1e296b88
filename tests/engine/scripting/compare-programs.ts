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
  progress: (compared: number) => void = () => undefined,
): Promise<string[]> {
  const found: string[] = [];
  const fixture = newEngineFixture();
  let next = asked(real, seed, Math.min(BATCH, count));
  for (let first = 0; first < count && found.length < 5; first += BATCH) {
    const { programs, replies } = next;
    const theirs = await replies;
    // The real server runs the next ones while we run these.
    const left = Math.max(0, count - first - BATCH);
    next = asked(real, seed + first + BATCH, Math.min(BATCH, left));
    for (const [i, lines] of programs.entries()) {
      if (textOf(theirs[i]) === textOf(run(fixture, lines))) continue;
      await next.replies;
      found.push(`SEED ${seed + first + i}\n${await describe(real, fixture, lines)}`);
    }
    // Nothing of scripts past is wanted.
    fixture.engine.state.scripting.scripts.clear();
    progress(Math.min(count, first + BATCH));
  }
  await next.replies;
  return found;
}

interface Asked {
  readonly programs: readonly (readonly string[])[];
  readonly replies: Promise<readonly Reply[]>;
}

function asked(real: RedisConnection, seed: number, count: number): Asked {
  const programs = Array.from({ length: count }, (_, i) => randomStatements(seedRandom(seed + i)));
  if (count === 0) return { programs, replies: Promise.resolve([]) };
  const flush = [ascii('SCRIPT'), ascii('FLUSH')];
  const replies = real.send([flush, ...programs.map((lines) => evalOf(lines))]);
  return { programs, replies: replies.then((all) => all.slice(1)) };
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
  return JSON.stringify(reply, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).replace(/0x[0-9a-f]{6,}/gi, '0x');
}
