/** What scripts and functions may declare of themselves (script.c:scripts_flags_def), in the order in which they are listed. */
export const flagNames: readonly string[] = [
  'no-writes',
  'allow-oom',
  'allow-stale',
  'no-cluster',
  'allow-cross-slot-keys',
];
