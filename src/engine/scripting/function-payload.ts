/** Libraries as FUNCTION DUMP gives them (functions.c): the records of an RDB file, its version, and a checksum. */
import { byteStringOf, bytesOf, type ByteString } from '../../base/bytes.ts';
import { crc64Bytes, newCrc64, updateCrc64 } from '../../base/crc64.ts';
import {
  appendByte,
  appendBytes,
  newGrowableBytes,
  takenBytes,
} from '../../base/growable-bytes.ts';
import { isPayload } from '../serialize/dump-payload.ts';
import { rdbOpcode, RDB_VERSION } from '../serialize/rdb-format.ts';
import { newRdbInput, readByte, readText } from '../serialize/rdb-input.ts';
import { appendLittleEndian, appendText } from '../serialize/rdb-output.ts';

/** Two bytes of version and eight of checksum. */
const FOOTER = 10;

export function libraryPayload(codes: readonly ByteString[]): ByteString {
  const sink = newGrowableBytes();
  for (const code of codes) {
    appendByte(sink, rdbOpcode.function2);
    appendText(sink, code, 'compressed');
  }
  appendLittleEndian(sink, RDB_VERSION, 2);
  const sum = newCrc64();
  updateCrc64(sum, sink.bytes, 0, sink.length);
  appendBytes(sink, crc64Bytes(sum));
  return byteStringOf(takenBytes(sink));
}

/** The code of each library; what is wrong with the payload otherwise. */
export function librariesOf(
  payload: ByteString,
): readonly ByteString[] | 'checksum' | 'type' | 'format' {
  const bytes = bytesOf(payload);
  if (!isPayload(bytes)) return 'checksum';
  const input = newRdbInput(bytes, 0, bytes.length - FOOTER);
  const codes: ByteString[] = [];
  while (input.at < input.end) {
    if (readByte(input) !== rdbOpcode.function2) return 'type';
    const code = readText(input);
    if (code === undefined) return 'format';
    codes.push(code);
  }
  return codes;
}
