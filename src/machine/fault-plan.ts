import type { Micros } from '../base/time.ts';
import type { Errno } from './syscall.ts';

/**
 * What goes wrong, as data. `at` and `until` are instants of the virtual clock in µs: the fault is in force from
 * `at` (now) until before `until` (heal). `path` limits it to a file, or to everything in a directory.
 */
export interface FaultRequest {
  readonly kind: string;
  readonly path?: string | undefined;
  readonly at?: Micros | undefined;
  readonly until?: Micros | undefined;
  readonly value?: number | string | undefined;
}

interface FaultBase {
  readonly id: number;
  /** Absolute and without `.` or `..`; empty: everything. */
  readonly path: string;
  readonly at: Micros;
  readonly until: Micros;
}

export type Fault = FaultBase & FaultBody;

export type FaultBody =
  /** Every fsync takes `ms`. */
  | { readonly kind: 'fsync-time'; readonly ms: number }
  /** A write(2) to a file under fsync ends only when the fsync ends. */
  | { readonly kind: 'write-blocks-during-fsync' }
  /** An fsync fails when it ends. As in Linux its bytes count as clean from then on, and are not on the platter. */
  | { readonly kind: 'fsync-error'; readonly errno: Errno }
  | { readonly kind: 'write-error'; readonly errno: Errno }
  /** `left` more bytes are taken, the write that reaches them is short, later ones fail with ENOSPC. */
  | { readonly kind: 'short-write'; left: number }
  /** Nothing more than `left` bytes fits beyond what is in use when it starts; -1 until then in `limit`. */
  | { readonly kind: 'disk-full'; readonly left: number; limit: number }
  | { readonly kind: 'lying-drive' }
  /** Names become durable by an fsync of their directory only. */
  | { readonly kind: 'rename-not-durable' }
  | { readonly kind: 'fork-failure'; readonly errno: Errno }
  /** One bit flips at `offset`, once. */
  | { readonly kind: 'bit-rot'; readonly offset: number }
  /** The wall clock is `ms` off. */
  | { readonly kind: 'clock-jump'; readonly ms: number }
  /** A child works `factor` times as long. */
  | { readonly kind: 'child-slow'; readonly factor: number };

export type FaultKind = FaultBody['kind'];

export interface FaultState {
  readonly plans: Fault[];
  nextId: number;
}

export type PlanResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

interface KindRule {
  readonly parse: (request: FaultRequest) => FaultBody | string;
}

const rules: Readonly<Record<FaultKind, KindRule>> = {
  'fsync-time': {
    parse: withNumber('a time in milliseconds, 0 or more', isNotNegative, (ms) => ({
      kind: 'fsync-time',
      ms,
    })),
  },
  'write-blocks-during-fsync': { parse: withoutValue({ kind: 'write-blocks-during-fsync' }) },
  'fsync-error': {
    parse: withErrno(['EIO', 'ENOSPC'], (errno) => ({ kind: 'fsync-error', errno })),
  },
  'write-error': {
    parse: withErrno(['EIO', 'ENOSPC'], (errno) => ({ kind: 'write-error', errno })),
  },
  'short-write': {
    parse: withNumber('a number of bytes, 0 or more', isWhole, (left) => ({
      kind: 'short-write',
      left,
    })),
  },
  'disk-full': {
    parse: withNumber(
      'a number of bytes that still fit',
      isWhole,
      (left) => ({ kind: 'disk-full', left, limit: -1 }),
      0,
    ),
  },
  'lying-drive': { parse: withoutValue({ kind: 'lying-drive' }) },
  'rename-not-durable': { parse: withoutValue({ kind: 'rename-not-durable' }) },
  'fork-failure': {
    parse: withErrno(['ENOMEM', 'EAGAIN'], (errno) => ({ kind: 'fork-failure', errno })),
  },
  'bit-rot': { parse: parseBitRot },
  'clock-jump': {
    parse: withNumber('a time in milliseconds, below 0 for backwards', isNumber, (ms) => ({
      kind: 'clock-jump',
      ms,
    })),
  },
  'child-slow': {
    parse: withNumber('a factor above 0', isPositive, (factor) => ({ kind: 'child-slow', factor })),
  },
};

export const faultKinds: readonly string[] = Object.keys(rules);

/** A fault from what a learner planned, or what is wrong with the plan. */
export function parseFault(request: FaultRequest, id: number, now: Micros): PlanResult<Fault> {
  const rule = ruleOf(request.kind);
  if (rule === undefined) {
    return refuse(`unknown fault '${request.kind}': the faults are ${faultKinds.join(', ')}`);
  }
  const { at = now, until = Infinity, path = '' } = request;
  if (!isNumber(at)) return refuse(`fault ${request.kind}: 'at' must be a time`);
  if (typeof until !== 'number' || !(until > at))
    return refuse(`fault ${request.kind}: 'until' must be a time after 'at'`);
  if (typeof path !== 'string') return refuse(`fault ${request.kind}: 'path' must be a text`);
  const body = rule.parse(request);
  if (typeof body === 'string') return refuse(`fault ${request.kind}: ${body}`);
  return {
    ok: true,
    value: { ...body, id, path, at, until: Math.min(until, Number.MAX_SAFE_INTEGER) },
  };
}

/** Whether `fault` is in force at `now`. */
export function isInForce(fault: Fault, now: Micros): boolean {
  return fault.at <= now && now < fault.until;
}

function ruleOf(kind: string): KindRule | undefined {
  for (const [name, rule] of Object.entries(rules)) {
    if (name === kind) return rule;
  }
  return undefined;
}

function refuse(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

function withoutValue(body: FaultBody): KindRule['parse'] {
  return ({ value }) => (value === undefined ? body : 'takes no value');
}

function withNumber(
  what: string,
  isValid: (value: number) => boolean,
  build: (value: number) => FaultBody,
  missing?: number,
): KindRule['parse'] {
  return ({ value = missing }) => {
    if (typeof value !== 'number' || !isValid(value)) return `'value' must be ${what}${got(value)}`;
    return build(value);
  };
}

function withErrno(
  allowed: readonly Errno[],
  build: (errno: Errno) => FaultBody,
): KindRule['parse'] {
  return ({ value = allowed[0] }) => {
    const errno = allowed.find((one) => one === value);
    return errno === undefined
      ? `'value' must be ${allowed.join(' or ')}${got(value)}`
      : build(errno);
  };
}

function parseBitRot({ path, value }: FaultRequest): FaultBody | string {
  if (path === undefined || path === '') return `needs a 'path'`;
  if (typeof value !== 'number' || !isWhole(value))
    return `'value' must be the number of a byte, 0 for the first${got(value)}`;
  return { kind: 'bit-rot', offset: value };
}

function got(value: FaultRequest['value']): string {
  return value === undefined ? '' : `, not ${typeof value === 'string' ? `'${value}'` : value}`;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && value - value === 0;
}

function isNotNegative(value: number): boolean {
  return isNumber(value) && value >= 0;
}

function isPositive(value: number): boolean {
  return isNumber(value) && value > 0;
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
