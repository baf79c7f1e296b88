/** What follows the name of a fault on a control line, and stands as `value` in the scripting door. */
export type FaultValue = 'none' | 'duration' | 'errno' | 'bytes' | 'count';

/** The faults that can be planned (`!fault KIND …`), with the value each of them takes. */
export const FAULT_KINDS: ReadonlyMap<string, FaultValue> = new Map<string, FaultValue>([
  ['fsync-time', 'duration'],
  ['write-time', 'duration'],
  ['disk-full', 'none'],
  ['disk-capacity', 'bytes'],
  ['write-error', 'errno'],
  ['fsync-error', 'errno'],
  ['write-blocks-during-fsync', 'none'],
  ['lying-drive', 'none'],
  ['clock-jump', 'duration'],
  ['fork-error', 'none'],
  ['child-time', 'duration'],
  ['child-error', 'none'],
  ['child-kill', 'none'],
  ['bit-rot', 'count'],
  ['rename-not-durable', 'none'],
  ['directory-deleted', 'none'],
  ['second-server', 'none'],
]);
