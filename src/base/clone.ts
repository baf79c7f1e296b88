import { AssertionError } from './assert.ts';

/**
 * A deep copy of plain data: primitives, plain objects, arrays, Map, Set, typed arrays, DataView and ArrayBuffer.
 * References that were shared stay shared and cycles stay cycles, inside the copy.
 * Anything that can't be copied faithfully (a function, an instance of a class) is our mistake and throws.
 *
 * `known`: copies that are there already, by what they are copies of; what stands there is neither looked into nor
 * copied. An object that is its own copy is shared.
 *
 * It works through a list of what is still to be filled instead of calling itself, since linked structures
 * (a skiplist of 100,000 nodes) would overflow the stack.
 */
export function cloneData<T>(value: T, known: ReadonlyMap<object, object> = new Map()): T {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function') throw new AssertionError('a function is not plain data');
    return value;
  }
  const cloning: Cloning = { copies: new Map(known), unfilled: [] };
  const root = copyOf(value, cloning);
  let target = cloning.unfilled.pop();
  while (target !== undefined) {
    fill(target, cloning);
    target = cloning.unfilled.pop();
  }
  return root as T;
}

interface Cloning {
  /** Source → its copy, for everything that could be referred to twice. */
  readonly copies: Map<object, object>;
  /** Containers whose copy still holds the source's own children. */
  readonly unfilled: Unfilled[];
}

type Unfilled = MapToFill | unknown[] | Record<string, unknown>;

/** A Map or a Set can't be patched in place without losing its order, so it is filled from its source. */
class MapToFill {
  readonly source: Map<unknown, unknown> | Set<unknown>;
  readonly target: Map<unknown, unknown> | Set<unknown>;
  constructor(
    source: Map<unknown, unknown> | Set<unknown>,
    target: Map<unknown, unknown> | Set<unknown>,
  ) {
    this.source = source;
    this.target = target;
  }
}

function copyOf(source: object, cloning: Cloning): object {
  const known = cloning.copies.get(source);
  if (known !== undefined) return known;
  const copy = shallowCopy(source, cloning);
  cloning.copies.set(source, copy);
  return copy;
}

function shallowCopy(source: object, cloning: Cloning): object {
  if (Array.isArray(source)) {
    const copy: unknown[] = source.slice();
    if (copy.some(isReference)) cloning.unfilled.push(copy);
    return copy;
  }
  const prototype: unknown = Object.getPrototypeOf(source);
  if (prototype === Object.prototype) {
    // A spread keeps the hidden class, and an own key `__proto__` as the own key that it is.
    const copy: Record<string, unknown> = { ...source };
    cloning.unfilled.push(copy);
    return copy;
  }
  if (prototype === Map.prototype) {
    const copy = new Map<unknown, unknown>();
    cloning.unfilled.push(new MapToFill(source as Map<unknown, unknown>, copy));
    return copy;
  }
  if (prototype === Set.prototype) {
    const copy = new Set<unknown>();
    cloning.unfilled.push(new MapToFill(source as Set<unknown>, copy));
    return copy;
  }
  if (prototype === null) {
    const copy = Object.assign(Object.create(null) as Record<string, unknown>, source);
    cloning.unfilled.push(copy);
    return copy;
  }
  if (ArrayBuffer.isView(source)) return copyView(source, prototype, cloning);
  if (prototype === ArrayBuffer.prototype) return (source as ArrayBuffer).slice(0);
  throw new AssertionError(`not plain data: an instance of ${describePrototype(prototype)}`);
}

const viewTypes: readonly (new (
  buffer: ArrayBuffer,
  at: number,
  length: number,
) => ArrayBufferView)[] = [
  Uint8Array,
  Int32Array,
  Uint32Array,
  Float64Array,
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Float32Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
];

/** Views of one buffer go on sharing the copy of that buffer. */
function copyView(source: ArrayBufferView, prototype: unknown, cloning: Cloning): ArrayBufferView {
  for (const View of viewTypes) {
    if (prototype !== View.prototype) continue;
    const buffer = copyOf(source.buffer, cloning) as ArrayBuffer;
    const length = 'length' in source ? (source.length as number) : source.byteLength;
    return new View(buffer, source.byteOffset, length);
  }
  throw new AssertionError(`not plain data: an instance of ${describePrototype(prototype)}`);
}

function fill(target: Unfilled, cloning: Cloning): void {
  if (target instanceof MapToFill) {
    fillCollection(target, cloning);
    return;
  }
  if (Array.isArray(target)) {
    for (let i = 0; i < target.length; i++) {
      const child: unknown = target[i];
      if (isReference(child)) target[i] = copyOf(child, cloning);
    }
    return;
  }
  for (const key in target) {
    const child = target[key];
    if (isReference(child)) target[key] = copyOf(child, cloning);
  }
}

function fillCollection({ source, target }: MapToFill, cloning: Cloning): void {
  if (source instanceof Map && target instanceof Map) {
    for (const [key, child] of source) {
      target.set(
        isReference(key) ? copyOf(key, cloning) : key,
        isReference(child) ? copyOf(child, cloning) : child,
      );
    }
    return;
  }
  if (source instanceof Set && target instanceof Set) {
    for (const child of source) target.add(isReference(child) ? copyOf(child, cloning) : child);
  }
}

/** Whether `value` must be copied by its own; a function is refused here, wherever it stands. */
function isReference(value: unknown): value is object {
  if (typeof value === 'function') throw new AssertionError('a function is not plain data');
  return typeof value === 'object' && value !== null;
}

function describePrototype(prototype: unknown): string {
  const constructor: unknown = (prototype as { readonly constructor?: unknown } | null)
    ?.constructor;
  return typeof constructor === 'function' ? constructor.name : 'an unknown class';
}
