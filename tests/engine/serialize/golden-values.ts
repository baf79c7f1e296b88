/** The values that a real 7.2.4 wrote (tests/golden/rdb.json), made again in an engine of ours. */
import { readFileSync } from 'node:fs';
import { ascii, byteStringOf, type ByteString } from '../../../src/base/bytes.ts';
import { type EngineFixture, newEngineFixture } from '../../support/engine-fixture.ts';
import { configure, newTestPort, testConfig } from '../../support/engine-port.ts';

export interface GoldenRdb {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  readonly commands: readonly (readonly string[])[];
  readonly server: string;
  readonly rdb_hex: string;
  readonly after_aux_hex: string;
  readonly dump_hex: string | null;
}

export const goldenRdbs = JSON.parse(
  readFileSync('tests/golden/rdb.json', 'utf8'),
) as readonly GoldenRdb[];

export function goldenFixture({ config, commands }: GoldenRdb): EngineFixture {
  const settings = testConfig();
  for (const [name, value] of Object.entries(config)) configure(settings, name, value);
  const fixture = newEngineFixture(newTestPort(settings));
  for (const argv of commands) fixture.run(argv.map((word) => ascii(word)));
  return fixture;
}

export function hex(bytes: ByteString): string {
  return Buffer.from(bytes, 'latin1').toString('hex');
}

export function fromHex(text: string): ByteString {
  return byteStringOf(Buffer.from(text, 'hex'));
}
