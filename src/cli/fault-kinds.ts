/** What follows the name of a fault on a control line, and stands as `value` in the scripting door. */
export type FaultValue = 'none' | 'duration' | 'errno' | 'bytes' | 'count' | 'factor';

/** The faults that can be planned (`!fault KIND …`), with the value each of them takes; as machine/fault-plan.ts has them. */
export const FAULT_KINDS: ReadonlyMap<string, FaultValue> = new Map<string, FaultValue>([
  ['fsync-time', 'duration'],
  ['write-blocks-during-fsync', 'none'],
  ['fsync-error', 'errno'],
  ['write-error', 'errno'],
  ['short-write', 'bytes'],
  ['disk-full', 'bytes'],
  ['lying-drive', 'none'],
  ['rename-not-durable', 'none'],
  ['fork-failure', 'errno'],
  ['bit-rot', 'count'],
  ['clock-jump', 'duration'],
  ['child-slow', 'factor'],
]);
