/**
 * Elementary functions to hundreds of bits, by plain series over big integers: what the ones under test are
 * measured by. A Fixed is an integer count of 2^-bits.
 */
export interface Fixed {
  readonly value: bigint;
  readonly bits: number;
}

const abs = (x: bigint): bigint => (x < 0n ? -x : x);

export function fixedOf(x: number, bits: number): Fixed {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(x));
  const raw = view.getBigUint64(0);
  const biased = Number(raw >> 52n);
  const fraction = raw & ((1n << 52n) - 1n);
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  const shift = bits + Math.max(biased, 1) - 1_075;
  const value = shift >= 0 ? significand << BigInt(shift) : significand >> BigInt(-shift);
  return { value: x < 0 ? -value : value, bits };
}

export function multiply(a: Fixed, b: Fixed): Fixed {
  return { value: (a.value * b.value) >> BigInt(b.bits), bits: a.bits };
}

function ratio(a: bigint, b: bigint, bits: number): Fixed {
  return { value: (a << BigInt(bits)) / b, bits };
}

/** e^x for a small x */
function expSeries(x: Fixed): Fixed {
  const one = 1n << BigInt(x.bits);
  let [term, sum] = [one, one];
  for (let n = 1n; term !== 0n && term !== -1n; n++) {
    term = ((term * x.value) >> BigInt(x.bits)) / n;
    sum += term;
  }
  return { value: sum, bits: x.bits };
}

/** artanh or arctan of x by their series; fast for small x only */
function inverseSeries(x: Fixed, sign: 1n | -1n): Fixed {
  const square = multiply(x, x);
  let power = x.value;
  let sum = power;
  for (let n = 3n; abs(power) > 1n; n += 2n) {
    power = (sign * power * square.value) >> BigInt(x.bits);
    sum += power / n;
  }
  return { value: sum, bits: x.bits };
}

const known = new Map<string, Fixed>();

/** Constants are computed once for each precision. */
function once(name: string, bits: number, compute: () => Fixed): Fixed {
  const key = `${name} ${bits}`;
  const constant = known.get(key) ?? compute();
  known.set(key, constant);
  return constant;
}

function logTwo(bits: number): Fixed {
  return once('ln 2', bits, () => ({
    value: inverseSeries(ratio(1n, 3n, bits + 16), 1n).value >> 15n,
    bits,
  }));
}

export function exactPi(bits: number): Fixed {
  return once('pi', bits, () => computePi(bits));
}

function computePi(bits: number): Fixed {
  const fifth = inverseSeries(ratio(1n, 5n, bits + 16), -1n).value;
  const other = inverseSeries(ratio(1n, 239n, bits + 16), -1n).value;
  return { value: (16n * fifth - 4n * other) >> 16n, bits };
}

/** e^x as value × 2^-bits × 2^exponent, with a value near 1 */
export function exactExp(x: Fixed): { readonly mantissa: Fixed; readonly exponent: number } {
  const two = logTwo(x.bits);
  const exponent = x.value / two.value;
  return {
    mantissa: expSeries({ value: x.value - exponent * two.value, bits: x.bits }),
    exponent: Number(exponent),
  };
}

/** ln x for any positive double */
export function exactLog(x: number, bits: number): Fixed {
  const exponent =
    x < 2 ** -1022 ? -1_074 + Math.floor(Math.log2(x / 2 ** -1074)) : Math.floor(Math.log2(x));
  const wide = fixedOf(x, bits + 1_200).value;
  const shift = 1_200 + exponent;
  const m = shift >= 0 ? wide >> BigInt(shift) : wide << BigInt(-shift);
  const one = 1n << BigInt(bits);
  const series = inverseSeries(ratio(m - one, m + one, bits), 1n);
  return { value: 2n * series.value + BigInt(exponent) * logTwo(bits).value, bits };
}

export function exactSinCos(x: Fixed): { readonly sin: Fixed; readonly cos: Fixed } {
  const bits = BigInt(x.bits);
  const turn = exactPi(x.bits).value * 2n;
  const reduced = x.value % turn;
  let term = 1n << bits;
  let [sin, cos] = [0n, 0n];
  for (let n = 0n; term !== 0n && term !== -1n; n++) {
    if (n % 2n === 0n) cos += n % 4n === 0n ? term : -term;
    else sin += n % 4n === 1n ? term : -term;
    term = ((term * reduced) >> bits) / (n + 1n);
  }
  return { sin: { value: sin, bits: x.bits }, cos: { value: cos, bits: x.bits } };
}

export function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** arctan(numerator / denominator), both of one sign or the other, the denominator not 0 */
export function exactAtan(numerator: bigint, denominator: bigint, bits: number): Fixed {
  let [n, d] = [abs(numerator), abs(denominator)];
  // atan(t) = 2 atan(t / (1 + √(1 + t²))), four times, so that the series converges.
  const scale = BigInt(
    Math.max(0, bits + 32 - Math.min(n.toString(2).length, d.toString(2).length)),
  );
  n <<= scale;
  d <<= scale;
  for (let i = 0; i < 4; i++) d += squareRoot(n * n + d * d);
  const series = inverseSeries(ratio(n, d, bits), -1n).value << 4n;
  return { value: numerator < 0n === denominator < 0n ? series : -series, bits };
}

/** |actual - value × 2^(exponent - bits)| in units of the last place of the exact value */
export function ulpError(actual: number, exact: Fixed, exponent = 0): number {
  if (!Number.isFinite(actual)) return Infinity;
  const magnitude = abs(exact.value);
  const leading = magnitude.toString(2).length - 1 - exact.bits + exponent;
  const ulp = Math.max(leading - 52, -1_074);
  // Both sides as integers of 2^-(bits + 1200).
  const scale = 1_200;
  const shift = scale + exponent;
  const wanted = shift >= 0 ? exact.value << BigInt(shift) : exact.value >> BigInt(-shift);
  const difference = abs(fixedOf(actual, exact.bits + scale).value - wanted);
  const unitShift = exact.bits + scale + ulp - 20;
  return (
    Number(unitShift >= 0 ? difference >> BigInt(unitShift) : difference << BigInt(-unitShift)) /
    2 ** 20
  );
}
