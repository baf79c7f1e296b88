/** Arithmetic that the compiler does (lcode.c:constfolding). */
import { pow } from '../../../base/math.ts';
import { op } from './lua-code.ts';

/** Undefined for what is left to the run. */
export function constantResult(o: number, x: number, y: number): number | undefined {
  switch (o) {
    case op.add:
      return x + y;
    case op.sub:
      return x - y;
    case op.mul:
      return x * y;
    case op.div:
      return y === 0 ? undefined : x / y;
    case op.mod:
      return y === 0 ? undefined : x - Math.floor(x / y) * y;
    case op.pow:
      return pow(x, y);
    case op.unm:
      return -x;
    default:
      return undefined;
  }
}
