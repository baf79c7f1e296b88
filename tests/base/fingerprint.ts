import { byteStringOf, bytesOf, utf8Decode, utf8Encode } from '../../src/base/bytes.ts';
import { crc64Hex, newCrc64, updateCrc64 } from '../../src/base/crc64.ts';
import { formatDouble17g, formatDoubleShortest, parseDouble } from '../../src/base/doubles.ts';
import { addLongDoubles, formatLongDouble, longDoubleOf } from '../../src/base/long-double.ts';
import { cosh, exp, expm1, log, log10, pow, sinh, tanh } from '../../src/base/math.ts';
import { nextBelow, nextDouble, nextUint32, seedRandom } from '../../src/base/random.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from '../../src/base/trigonometry.ts';

/** A checksum of what many calls return: the same number in Node and in every browser. */
export function fingerprint(): string {
  const random = seedRandom('fingerprint');
  const sum = newCrc64();
  const view = new DataView(new ArrayBuffer(8));
  const take = (x: number): void => {
    view.setFloat64(0, Number.isNaN(x) ? NaN : x);
    updateCrc64(sum, new Uint8Array(view.buffer));
  };
  for (let i = 0; i < 4_000; i++) {
    const unit = nextDouble(random);
    const wide = (unit - 0.5) * (1 << nextBelow(random, 30));
    for (const f of [exp, expm1, sinh, cosh, tanh, sin, cos, tan, atan]) take(f(wide));
    for (const f of [log, log10, asin, acos]) take(f(unit));
    take(pow(unit * 10, wide / 1_000));
    take(atan2(wide, unit));
    view.setUint32(0, nextUint32(random));
    view.setUint32(4, nextUint32(random));
    const any = view.getFloat64(0);
    const texts = [
      formatDouble17g(any),
      formatDoubleShortest(any),
      formatLongDouble(addLongDoubles(longDoubleOf(wide), longDoubleOf(unit))),
    ];
    for (const text of texts) updateCrc64(sum, bytesOf(text));
    take(parseDouble(formatDouble17g(wide)) ?? NaN);
    updateCrc64(sum, bytesOf(utf8Encode(utf8Decode(byteStringOf(new Uint8Array(view.buffer))))));
  }
  return crc64Hex(sum);
}
