/**
 * A straight run of system calls as plain data: a thread that carries one can be copied, stored and crashed between
 * any two calls. Where a decision is needed, a plan ends and its `then` names what follows.
 */
import type { Errno, Fd, FdRef, Syscall, SyscallResult } from './syscall.ts';

/**
 * `mayFail`: the plan goes on whatever this call returns, or if it fails with that errno. `whole`: a short write is
 * followed by another one of the rest, until all is written or a write fails.
 */
export type PlannedCall = Syscall & {
  readonly mayFail?: true | Errno;
  readonly whole?: true;
};

export interface Plan<Then> {
  readonly calls: readonly PlannedCall[];
  readonly then: Then;
  at: number;
  /** Descriptors opened under a name (`as`) by earlier calls. */
  readonly descriptors: Map<string, Fd>;
  readonly results: SyscallResult[];
  /** Bytes of the write at hand that earlier short ones took. */
  taken: number;
}

export type PlanOutcome =
  | {
      readonly ok: true;
      readonly results: readonly SyscallResult[];
      readonly descriptors: ReadonlyMap<string, Fd>;
    }
  | {
      readonly ok: false;
      readonly errno: Errno;
      readonly failed: Syscall;
      readonly results: readonly SyscallResult[];
      readonly descriptors: ReadonlyMap<string, Fd>;
    };

export function newPlan<Then>(calls: readonly PlannedCall[], then: Then): Plan<Then> {
  return { calls, then, at: 0, descriptors: new Map(), results: [], taken: 0 };
}

/** The call that the thread makes next, with descriptors in place of names; undefined at the end. */
export function nextCall(plan: Plan<unknown>): Syscall | undefined {
  const call = plan.calls[plan.at];
  if (call === undefined) return undefined;
  const bound =
    'fd' in call && typeof call.fd === 'string'
      ? { ...call, fd: descriptorOf(plan, call.fd) }
      : call;
  return bound.call === 'write' && plan.taken > 0
    ? { ...bound, bytes: bound.bytes.subarray(plan.taken) }
    : bound;
}

/** Takes the result of `nextCall`. The outcome when the plan has ended, else undefined. */
export function takeResult(plan: Plan<unknown>, result: SyscallResult): PlanOutcome | undefined {
  const call = plan.calls[plan.at]!;
  if (call.call === 'write' && call.whole === true && result.ok && result.value > 0) {
    plan.taken += result.value;
    if (plan.taken < call.bytes.length) return undefined;
  }
  plan.taken = 0;
  plan.results.push(result);
  plan.at++;
  const { results, descriptors } = plan;
  if (!result.ok && call.mayFail !== true && call.mayFail !== result.errno)
    return { ok: false, errno: result.errno, failed: call, results, descriptors };
  if (result.ok && call.call === 'open' && call.as !== undefined)
    descriptors.set(call.as, result.value);
  skipCallsWithoutFile(plan);
  return plan.at === plan.calls.length ? { ok: true, results, descriptors } : undefined;
}

/** What was to be done to a file that could not be opened, and may fail, is not even tried. */
function skipCallsWithoutFile(plan: Plan<unknown>): void {
  for (let call = plan.calls[plan.at]; call !== undefined; call = plan.calls[plan.at]) {
    const needed = 'fd' in call && typeof call.fd === 'string' ? call.fd : undefined;
    if (needed === undefined || plan.descriptors.has(needed) || call.mayFail !== true) return;
    plan.results.push({ ok: false, errno: 'EBADF' });
    plan.at++;
  }
}

/** A name whose open failed has no descriptor: EBADF follows, as from the kernel. */
function descriptorOf(plan: Plan<unknown>, ref: FdRef): Fd {
  return typeof ref === 'number' ? ref : (plan.descriptors.get(ref) ?? -1);
}
