/** awk's own functions. */
import { exp, log } from '../../../base/math.ts';
import { nextDouble, seedRandom } from '../../../base/random.ts';
import { atan2, cos, sin } from '../../../base/trigonometry.ts';
import { now, type Run } from '../../program.ts';
import type { Expr } from './awk-syntax.ts';
import type { AwkRun } from './awk-run.ts';
import { readText, sprintf, toNumber, toText, type Value } from './awk-values.ts';

export function* callBuiltin(run: AwkRun, name: string, given: readonly Expr[]): Run<Value> {
  const format = run.variables.text('CONVFMT');
  const text = function* (i: number): Run<string> {
    const one = given[i];
    return one === undefined ? '' : toText(yield* run.eval(one), format);
  };
  const number = function* (i: number): Run {
    const one = given[i];
    return one === undefined ? 0 : toNumber(yield* run.eval(one));
  };
  switch (name) {
    case 'length': {
      const [one] = given;
      if (one === undefined)
        return toText(yield* run.eval({ kind: 'field', index: ZERO }), format).length;
      if (one.kind === 'name' && run.variables.isArray(one.name))
        return run.variables.arrayOf(one.name).size;
      return (yield* text(0)).length;
    }
    case 'substr':
      return substr(
        yield* text(0),
        yield* number(1),
        given.length > 2 ? yield* number(2) : Infinity,
      );
    case 'index':
      return (yield* text(0)).indexOf(yield* text(1)) + 1;
    case 'split':
      return yield* split(run, given, yield* text(0));
    case 'sub':
    case 'gsub':
      return yield* substitute(run, name, given);
    case 'match': {
      const subject = yield* text(0);
      const found = given[1] === undefined ? null : (yield* run.pattern(given[1])).exec(subject);
      const start = found === null ? 0 : found.index + 1;
      run.variables.setGlobal('RSTART', start);
      run.variables.setGlobal('RLENGTH', found === null ? -1 : found[0].length);
      return start;
    }
    case 'sprintf': {
      const values: Value[] = [];
      for (const one of given) values.push(yield* run.eval(one));
      return sprintf(toText(values[0], format), values.slice(1), format);
    }
    case 'tolower':
      return (yield* text(0)).replace(/[A-Z]+/g, (word) => word.toLowerCase());
    case 'toupper':
      return (yield* text(0)).replace(/[a-z]+/g, (word) => word.toUpperCase());
    case 'int':
      return Math.trunc(yield* number(0));
    case 'sqrt':
      return Math.sqrt(yield* number(0));
    case 'exp':
      return exp(yield* number(0));
    case 'log':
      return log(yield* number(0));
    case 'sin':
      return sin(yield* number(0));
    case 'cos':
      return cos(yield* number(0));
    case 'atan2':
      return atan2(yield* number(0), yield* number(1));
    case 'rand':
      return nextDouble(run.randomness.state);
    case 'srand': {
      const before = run.randomness.seed;
      run.randomness.seed = given.length > 0 ? yield* number(0) : Math.floor((yield* now()) / 1e6);
      run.randomness.state = seedRandom(`awk ${run.randomness.seed}`);
      return before;
    }
    case 'system':
      return yield* run.world.system(yield* text(0));
    case 'close':
      return yield* run.world.close(yield* text(0));
    default:
      yield* run.world.flush();
      return 0;
  }
}

const ZERO: Expr = { kind: 'number', value: 0 };

/** Characters from `start` on that stand before `start + length`, both rounded; the first is 1. */
function substr(text: string, start: number, length: number): string {
  if (Number.isNaN(start) || Number.isNaN(length)) return '';
  const from = rounded(start);
  const to = length === Infinity ? Infinity : rounded(start + length);
  return text.slice(Math.max(from - 1, 0), Math.max(to - 1, 0));
}

/** To the nearest, a half to the even one. */
function rounded(x: number): number {
  if (!Number.isFinite(x)) return x;
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below;
  return rest > 0.5 || below % 2 !== 0 ? below + 1 : below;
}

function* split(run: AwkRun, given: readonly Expr[], subject: string): Run<Value> {
  const [, to, by] = given;
  if (to?.kind !== 'name') return 0;
  const separator =
    by === undefined
      ? run.variables.text('FS')
      : by.kind === 'regex'
        ? by.source.length === 1
          ? `(?:${by.source})`
          : by.source
        : toText(yield* run.eval(by), run.variables.text('CONVFMT'));
  const parts = run.parts(subject, separator);
  const array = run.variables.arrayOf(to.name);
  array.clear();
  for (const [i, part] of parts.entries()) array.set(String(i + 1), readText(part));
  return parts.length;
}

function* substitute(run: AwkRun, name: 'sub' | 'gsub', given: readonly Expr[]): Run<Value> {
  const [pattern, by, place = { kind: 'field', index: ZERO } as const] = given;
  if (pattern === undefined || by === undefined) return 0;
  const regex = yield* run.pattern(pattern);
  const format = run.variables.text('CONVFMT');
  const replacement = toText(yield* run.eval(by), format);
  const subject = toText(yield* run.eval(place), format);
  let count = 0;
  const all = name === 'gsub';
  const changed = subject.replace(new RegExp(regex.source, all ? 'g' : ''), (match: string) => {
    count++;
    return replacement.replace(/\\\\&|\\&|&|\\\\/g, (mark) =>
      mark === '&' ? match : mark === '\\&' ? '&' : mark === '\\\\&' ? `\\${match}` : '\\',
    );
  });
  if (count > 0) yield* run.assign(place, changed);
  return count;
}
