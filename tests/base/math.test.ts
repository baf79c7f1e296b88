import { describe, expect, test } from 'vitest';
import { fractionAndExponent, scaleByPowerOfTwo } from '../../src/base/double-bits.ts';
import { cosh, exp, expm1, log, log10, pow, sinh, tanh } from '../../src/base/math.ts';
import { type RandomState, nextDouble, nextUint32, seedRandom } from '../../src/base/random.ts';
import { acos, asin, atan, atan2, cos, sin, tan } from '../../src/base/trigonometry.ts';
import {
  type Fixed,
  exactAtan,
  exactExp,
  exactLog,
  exactPi,
  exactSinCos,
  fixedOf,
  multiply,
  squareRoot,
  ulpError,
} from './exact-functions.ts';

const BITS = 400;

function samples(seed: string, count: number, draw: (random: RandomState) => number): number[] {
  const random = seedRandom(seed);
  return Array.from({ length: count }, () => draw(random));
}

/** Any sign and size, evenly over the exponents between two powers of two. */
function anySize(least: number, greatest: number): (random: RandomState) => number {
  return (random) => {
    const exponent = least + Math.floor(nextDouble(random) * (greatest - least));
    return (
      (1 + nextDouble(random)) *
      scaleByPowerOfTwo(1, exponent) *
      ((nextUint32(random) & 1) === 0 ? 1 : -1)
    );
  };
}
const between =
  (low: number, high: number) =>
  (random: RandomState): number =>
    low + nextDouble(random) * (high - low);

function worst(
  inputs: readonly number[],
  error: (x: number) => number,
): { readonly ulp: number; readonly at: number } {
  let found = { ulp: 0, at: NaN };
  for (const x of inputs) {
    const ulp = error(x);
    if (!(ulp <= found.ulp)) found = { ulp, at: x };
  }
  return found;
}

function expectWithin(
  inputs: readonly number[],
  bound: number,
  error: (x: number) => number,
): void {
  const { ulp, at } = worst(inputs, error);
  expect(ulp, `at ${at}`).toBeLessThan(bound);
}

describe('the yardstick itself', () => {
  test('knows π, e and ln 10 to sixty digits', () => {
    const digits = (x: Fixed): string => String((x.value * 10n ** 60n) >> BigInt(x.bits));
    expect(digits(exactPi(BITS))).toBe(
      '3141592653589793238462643383279502884197169399375105820974944',
    );
    const e = exactExp(fixedOf(1, BITS));
    expect(String((e.mantissa.value * 10n ** 60n * 2n ** BigInt(e.exponent)) >> BigInt(BITS))).toBe(
      '2718281828459045235360287471352662497757247093699959574966967',
    );
    expect(digits(exactLog(10, BITS))).toBe(
      '2302585092994045684017991454684364207601101488628772976033327',
    );
    expect(digits(exactAtan(1n, 1n, BITS))).toBe(
      '785398163397448309615660845819875721049292349843776455243736',
    );
    expect(digits(exactSinCos(fixedOf(1, BITS)).sin)).toBe(
      '841470984807896506652502321630298999622563060798371065672751',
    );
  });
});

describe('exponentials and logarithms are within an ulp', () => {
  test('exp', () => {
    const inputs = [
      ...samples('exp', 800, between(-745, 709.7)),
      ...samples('exp small', 400, anySize(-60, 2)),
    ];
    expectWithin(inputs, 1, (x) => {
      const { mantissa, exponent } = exactExp(fixedOf(x, BITS));
      return ulpError(exp(x), mantissa, exponent);
    });
  });

  test('log', () => {
    const inputs = [
      ...samples('log', 600, anySize(-1074, 1023)),
      ...samples('log near 1', 300, (random) => 1 + anySize(-52, -1)(random)),
    ].map(Math.abs);
    expectWithin(
      inputs.filter((x) => x !== 1),
      1,
      (x) => ulpError(log(x), exactLog(x, BITS)),
    );
  });

  test('log10, exact for powers of ten', () => {
    const inputs = [
      ...samples('log10', 600, anySize(-1074, 1023)),
      ...samples('log10 near 1', 300, (random) => 1 + anySize(-52, -1)(random)),
    ].map(Math.abs);
    const ten = exactLog(10, BITS).value;
    expectWithin(
      inputs.filter((x) => x !== 1),
      1,
      (x) =>
        ulpError(log10(x), { value: (exactLog(x, BITS).value << BigInt(BITS)) / ten, bits: BITS }),
    );
    for (let n = -20; n <= 22; n++) expect(log10(Number(`1e${n}`))).toBe(n);
  });

  test('pow', () => {
    const random = seedRandom('pow');
    for (let i = 0; i < 1_500; i++) {
      const x = i % 3 === 0 ? 1 + anySize(-40, -1)(random) : Math.abs(anySize(-1030, 1020)(random));
      const bound = 744 / Math.abs(Math.log(x));
      const y = i % 2 === 0 ? between(-bound, bound)(random) : anySize(-20, 10)(random);
      if (Math.abs(y) > bound || y === 0) continue;
      const wide = 1_500;
      const { mantissa, exponent } = exactExp(multiply(exactLog(x, wide), fixedOf(y, wide)));
      const exact = { value: mantissa.value >> BigInt(wide - BITS), bits: BITS };
      if (exponent > 1022 || exponent < -1074) continue;
      expect(ulpError(pow(x, y), exact, exponent), `${x} ^ ${y}`).toBeLessThan(1);
    }
  });

  test('pow of integers is exact while the result is', () => {
    for (let base = -12; base <= 12; base++) {
      for (let n = 0; n <= 14; n++) expect(pow(base, n)).toBe(Number(BigInt(base) ** BigInt(n)));
    }
    expect(pow(10, 22)).toBe(1e22);
    expect(pow(2, -1074)).toBe(5e-324);
    expect(pow(2, 1023)).toBe(2 ** 1023);
  });

  test('expm1, sinh, cosh and tanh within two', () => {
    const inputs = [
      ...samples('hyperbolic', 200, between(-709, 709)),
      ...samples('hyperbolic small', 200, anySize(-60, 5)),
    ];
    const wide = 2_600;
    const parts = (x: number): { readonly plus: bigint; readonly minus: bigint } => {
      const at = (y: number): bigint => {
        const { mantissa, exponent } = exactExp(fixedOf(y, wide));
        return exponent >= 0
          ? mantissa.value << BigInt(exponent)
          : mantissa.value >> BigInt(-exponent);
      };
      return { plus: at(x), minus: at(-x) };
    };
    const one = 1n << BigInt(wide);
    for (const x of inputs) {
      const { plus, minus } = parts(x);
      expect(ulpError(expm1(x), { value: plus - one, bits: wide }), `expm1(${x})`).toBeLessThan(1);
      expect(
        ulpError(sinh(x), { value: (plus - minus) / 2n, bits: wide }),
        `sinh(${x})`,
      ).toBeLessThan(2);
      expect(
        ulpError(cosh(x), { value: (plus + minus) / 2n, bits: wide }),
        `cosh(${x})`,
      ).toBeLessThan(2);
      const tangent = { value: ((plus - minus) << BigInt(wide)) / (plus + minus), bits: wide };
      expect(ulpError(tanh(x), tangent), `tanh(${x})`).toBeLessThan(2);
    }
  });
});

describe('circular functions are within an ulp', () => {
  const angles = [
    ...samples('angles', 400, between(-800, 800)),
    ...samples('large angles', 250, anySize(20, 1023)),
    ...samples('small angles', 250, anySize(-40, 1)),
    ...Array.from({ length: 60 }, (_, i) => ((i + 1) * Math.PI) / 4),
    // The double that comes nearest to a multiple of π/2.
    6381956970095103 * 2 ** 797,
    1e22,
  ];
  const wide = 1_500;

  test('sin, cos and tan, also of large angles and next to multiples of π/2', () => {
    for (const x of angles) {
      const { sin: s, cos: c } = exactSinCos(fixedOf(x, wide));
      expect(ulpError(sin(x), s), `sin(${x})`).toBeLessThan(1);
      expect(ulpError(cos(x), c), `cos(${x})`).toBeLessThan(1);
      expect(
        ulpError(tan(x), { value: (s.value << BigInt(wide)) / c.value, bits: wide }),
        `tan(${x})`,
      ).toBeLessThan(1);
    }
  });

  test('asin, acos and atan', () => {
    const ratios = [
      ...samples('ratios', 600, between(-1, 1)),
      ...samples('ratios near 1', 200, (r) => 1 - Math.abs(anySize(-50, -2)(r))),
      ...samples('small ratios', 200, anySize(-60, -1)),
      0.5,
      0.975,
    ];
    const pi = exactPi(BITS).value;
    for (const x of ratios) {
      const { value } = fixedOf(x, BITS);
      const root = squareRoot((1n << BigInt(2 * BITS)) - value * value);
      const exact = exactAtan(value, root, BITS);
      expect(ulpError(asin(x), exact), `asin(${x})`).toBeLessThan(1);
      expect(
        ulpError(acos(x), { value: pi / 2n - exact.value, bits: BITS }),
        `acos(${x})`,
      ).toBeLessThan(1);
    }
    for (const x of samples('tangents', 800, anySize(-60, 70))) {
      expect(
        ulpError(atan(x), exactAtan(fixedOf(x, BITS).value, 1n << BigInt(BITS), BITS)),
        `atan(${x})`,
      ).toBeLessThan(1);
    }
  });

  test('atan2 in all quadrants', () => {
    const random = seedRandom('quadrants');
    const pi = exactPi(BITS).value;
    for (let i = 0; i < 600; i++) {
      const [y, x] = [anySize(-30, 30)(random), anySize(-30, 30)(random)];
      let { value } = exactAtan(fixedOf(y, BITS).value, fixedOf(x, BITS).value, BITS);
      if (x < 0) value += y < 0 ? -pi : pi;
      expect(ulpError(atan2(y, x), { value, bits: BITS }), `atan2(${y}, ${x})`).toBeLessThan(2);
    }
  });
});

describe('special cases are those of C', () => {
  const special = [
    0,
    -0,
    1,
    -1,
    Infinity,
    -Infinity,
    NaN,
    0.5,
    -0.5,
    2,
    3,
    -3,
    1e300,
    -1e300,
    5e-324,
  ];
  // Math of the host is exact, or prescribed, at these arguments.
  test.each([
    ['exp', exp, Math.exp],
    ['expm1', expm1, Math.expm1],
    ['log', log, Math.log],
    ['log10', log10, Math.log10],
    ['sinh', sinh, Math.sinh],
    ['cosh', cosh, Math.cosh],
    ['tanh', tanh, Math.tanh],
    ['sin', sin, Math.sin],
    ['cos', cos, Math.cos],
    ['tan', tan, Math.tan],
    ['asin', asin, Math.asin],
    ['acos', acos, Math.acos],
    ['atan', atan, Math.atan],
  ] as const)('%s', (_name, ours, host) => {
    for (const x of [0, -0, Infinity, -Infinity, NaN, 5e-324, -5e-324])
      expect(ours(x)).toBe(host(x));
    for (const x of special) expect(Number.isNaN(ours(x))).toBe(Number.isNaN(host(x)));
  });

  test('pow', () => {
    for (const x of special) {
      for (const y of special) {
        const prescribed = x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : Math.pow(x, y);
        expect(pow(x, y), `${x} ^ ${y}`).toBe(prescribed);
      }
    }
  });

  test('atan2', () => {
    for (const y of [0, -0, 1, -1, Infinity, -Infinity, NaN]) {
      for (const x of [0, -0, 1, -1, Infinity, -Infinity, NaN])
        expect(atan2(y, x)).toBe(Math.atan2(y, x));
    }
  });

  test('overflow and underflow begin where they should', () => {
    expect(exp(709.782712893384)).toBeGreaterThan(1.7976931348622e308);
    expect(exp(709.782712893384)).toBeLessThan(Infinity);
    expect(exp(709.7827128933841)).toBe(Infinity);
    expect(exp(-745.1332191019411)).toBe(5e-324);
    expect(exp(-745.1332191019412)).toBe(0);
    expect(pow(2, 1024)).toBe(Infinity);
    expect(pow(2, -1076)).toBe(0);
    expect(cosh(710.4758600739439)).toBeLessThan(Infinity);
    expect(cosh(710.475860073944)).toBe(Infinity);
  });
});

test('frexp and ldexp take apart and put together every double', () => {
  for (const x of [
    ...samples('parts', 500, anySize(-1074, 1023)),
    5e-324,
    2 ** -1022,
    Number.MAX_VALUE,
  ]) {
    const { fraction, exponent } = fractionAndExponent(x);
    expect(Math.abs(fraction)).toBeGreaterThanOrEqual(0.5);
    expect(Math.abs(fraction)).toBeLessThan(1);
    expect(scaleByPowerOfTwo(fraction, exponent)).toBe(x);
  }
  expect(fractionAndExponent(0)).toEqual({ fraction: 0, exponent: 0 });
  expect(scaleByPowerOfTwo(3, -1_075)).toBe(1e-323);
  expect(scaleByPowerOfTwo(1, -1_075)).toBe(0);
  expect(scaleByPowerOfTwo(5e-324, 2_000)).toBe(5e-324 * 2 ** 1_000 * 2 ** 1_000);
  expect(scaleByPowerOfTwo(1, 5_000)).toBe(Infinity);
  expect(scaleByPowerOfTwo(Number.MAX_VALUE, -5_000)).toBe(0);
});
