/** Scripts, each run by EVAL here and on the real server: replies and error texts are compared. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ascii, type ByteString } from '../../../src/base/bytes.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import { asRead, newEngineFixture } from '../../support/engine-fixture.ts';
import { describeWithRedis, startRedis, type RealRedis } from '../../support/real-redis.ts';

/** A script alone, or the words of a command. */
export type Line = string | readonly string[];

export function scriptSuite(name: string, suites: Readonly<Record<string, readonly Line[]>>): void {
  describeWithRedis(name, () => {
    let real: RealRedis;
    beforeAll(async () => {
      real = await startRedis();
    });
    afterAll(() => real.stop());

    for (const [title, lines] of Object.entries(suites)) {
      for (const protocol of [2, 3] as const) {
        test(`${title}, RESP${protocol}`, async () => {
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
          const ours = commands.map((argv) => asRead(fixture.run(argv)[0]!, protocol));
          client.close();
          expect(ours).toHaveLength(theirs.length);
          const differing = lines.flatMap((line, i) => {
            const [mine, real] = [textOf(ours[i]), textOf(theirs[i])];
            return mine === real ? [] : [`${String(line)}\n  real: ${real}\n  ours: ${mine}`];
          });
          expect(differing.join('\n')).toBe('');
        });
      }
    }
  });
}

function words(line: readonly string[]): ByteString[] {
  return line.map((word) => ascii(word));
}

function textOf(reply: Reply | undefined): string {
  return JSON.stringify(reply, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
