/** Scripts, each run by EVAL here and on the real server: replies and error texts are compared. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import type { Protocol, Reply } from '../../../src/resp/reply.ts';
import { asRead, newEngineFixture } from '../../support/engine-fixture.ts';
import { scriptDifference } from './script-differences.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../../support/real-redis.ts';

/** A script alone, or the words of a command. */
export type Line = string | readonly string[];

export function scriptSuite(name: string, suites: Readonly<Record<string, readonly Line[]>>): void {
  describeWithRedis(name, () => {
    let real: RealRedis;
    beforeAll(async () => {
      real = await startRedis('--enable-debug-command', 'yes');
    });
    afterAll(() => real.stop());

    for (const [title, lines] of Object.entries(suites)) {
      for (const protocol of [2, 3] as const) {
        test(`${title}, RESP${protocol}`, async () => {
          expect((await differingLines(real, lines, protocol)).join('\n')).toBe('');
        });
      }
    }
  });
}

/** What the two servers say otherwise, but for what 7.2 says otherwise. */
async function differingLines(
  real: RealRedis,
  lines: readonly Line[],
  protocol: Protocol,
): Promise<string[]> {
  const client = await real.open();
  const fixture = newEngineFixture();
  await client.send([
    words(['FLUSHALL']),
    words(['SCRIPT', 'FLUSH']),
    words(['FUNCTION', 'FLUSH']),
    words(['HELLO', String(protocol)]),
  ]);
  fixture.session().protocol = protocol;
  const commands = lines.map((line) =>
    words(typeof line === 'string' ? ['EVAL', line, '0'] : line),
  );
  const theirs = await client.send(commands);
  client.close();
  expect(theirs).toHaveLength(commands.length);
  return commands.flatMap((argv, i) => {
    const mine = asRead(fixture.run(argv)[0]!, protocol);
    const yours = theirs[i]!;
    if (textOf(mine) === textOf(yours) || scriptDifference(argv, yours, mine) !== undefined)
      return [];
    return [`${String(lines[i])}\n  real: ${textOf(yours)}\n  ours: ${textOf(mine)}`];
  });
}

function words(line: readonly string[]): ByteString[] {
  return line.map((word) => ascii(word));
}

function textOf(reply: Reply | undefined): string {
  // Where tables and functions lie is nobody's business.
  return JSON.stringify(reply, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).replace(/0x[0-9a-f]{6,}/g, '0x');
}
