/** The variables of a running awk program. */
import type { ByteString } from '../../../base/bytes.ts';
import { AwkError } from './awk-arithmetic.ts';
import { readText, toText, type AwkArray, type Value } from './awk-values.ts';

/** A variable; what is not yet one or the other may become an array, and then its caller's too. */
export interface Cell {
  value: Value | AwkArray;
  readonly origin: Cell | null;
}

export class AwkVariables {
  readonly globals = new Map<string, Cell>();
  /** Of the function that runs. */
  locals: Map<string, Cell> | null = null;

  constructor(argv: readonly ByteString[], env: ReadonlyMap<string, ByteString>) {
    const set = (name: string, value: Value | AwkArray): void =>
      void this.globals.set(name, { value, origin: null });
    set('FS', ' ');
    set('OFS', ' ');
    set('ORS', '\n');
    set('RS', '\n');
    set('SUBSEP', '\x1c');
    set('CONVFMT', '%.6g');
    set('OFMT', '%.6g');
    set('NR', 0);
    set('FNR', 0);
    set('NF', 0);
    set('FILENAME', '');
    set('RSTART', 0);
    set('RLENGTH', -1);
    set('ARGC', argv.length);
    set('ARGV', new Map(argv.map((word, i) => [String(i), readText(word)])));
    set('ENVIRON', new Map([...env].map(([name, value]) => [name, readText(value)])));
  }

  cell(name: string): Cell {
    const local = this.locals?.get(name);
    if (local !== undefined) return local;
    let cell = this.globals.get(name);
    if (cell === undefined) {
      cell = { value: undefined, origin: null };
      this.globals.set(name, cell);
    }
    return cell;
  }

  global(name: string): Value {
    const value = this.globals.get(name)?.value;
    return value instanceof Map ? undefined : value;
  }

  text(name: string): string {
    return toText(this.global(name), '%.6g');
  }

  setGlobal(name: string, value: Value): void {
    const cell = this.globals.get(name);
    if (cell === undefined) this.globals.set(name, { value, origin: null });
    else cell.value = value;
  }

  isArray(name: string): boolean {
    return this.cell(name).value instanceof Map;
  }

  arrayOf(name: string): AwkArray {
    let cell: Cell | null = this.cell(name);
    if (cell.value instanceof Map) return cell.value;
    if (cell.value !== undefined) throw new AwkError(`can't use scalar ${name} as array`);
    const fresh: AwkArray = new Map();
    for (; cell !== null; cell = cell.origin) cell.value = fresh;
    return fresh;
  }
}
