/** What DUMP gives and RESTORE takes, for tests of both. */
import { ascii, byteStringOf, concatBytes, type ByteString } from '../../../src/base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../../../src/base/crc64.ts';
import type { Reply } from '../../../src/resp/reply.ts';
import type { EngineFixture } from '../../support/engine-fixture.ts';
import { replyText, words } from '../../support/real-redis.ts';

export const K = ascii('k');
export const DUMP = ascii('DUMP');
export const RESTORE = ascii('RESTORE');

export function dump(fixture: EngineFixture, key: ByteString = K): ByteString {
  return replyText(fixture.run([DUMP, key])[0]) as ByteString;
}

export function digest(fixture: EngineFixture): Reply | undefined {
  return fixture.run(words('DEBUG', 'DIGEST-VALUE', 'k'))[0];
}

export function encoding(fixture: EngineFixture): string {
  return replyText(fixture.line('OBJECT ENCODING k'));
}

/** Any bytes as a payload of that version, with the right sum. */
export function payload(body: Uint8Array, version = 11): ByteString {
  const crc = newCrc64();
  const bytes = new Uint8Array(body.length + 2);
  bytes.set(body);
  bytes[body.length] = version;
  updateCrc64(crc, bytes);
  return concatBytes(byteStringOf(bytes), byteStringOf(crc64Bytes(crc)));
}
