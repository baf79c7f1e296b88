/** Values of the type that a command wants: any other is an error. */
import { errors, ReplyError } from './errors.ts';
import type { HashValue } from './data/hash.ts';
import type { ListValue } from './data/list.ts';
import type { SetValue } from './data/set.ts';
import type { SortedSetValue } from './data/sorted-set.ts';
import type { StreamValue } from './data/stream.ts';
import { isString } from './data/string.ts';
import type { Entry, StringValue, Value } from './data/value.ts';

type ObjectValue = Exclude<Value, StringValue>;
export interface ValueOfKind {
  readonly hash: HashValue;
  readonly list: ListValue;
  readonly set: SetValue;
  readonly zset: SortedSetValue;
  readonly stream: StreamValue;
}

export function asString(entry: Entry | undefined): StringValue | undefined {
  if (entry === undefined) return undefined;
  if (!isString(entry.value)) throw new ReplyError(errors.wrongType);
  return entry.value;
}

export function kindOf<K extends keyof ValueOfKind>(
  entry: Entry | undefined,
  kind: K,
): ValueOfKind[K] | undefined {
  if (entry === undefined) return undefined;
  const value = entry.value;
  if (!isKind(value, kind)) throw new ReplyError(errors.wrongType);
  return value;
}

function isKind<K extends keyof ValueOfKind>(
  value: Value,
  kind: K,
): value is ValueOfKind[K] & ObjectValue {
  return typeof value === 'object' && value.kind === kind;
}
