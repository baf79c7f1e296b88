/** Why the log holds something else than what was typed, as a key of the texts. */
import { upperCase, utf8Encode } from '../../base/bytes.ts';

export type Reason =
  | 'date'
  | 'past-date'
  | 'chance'
  | 'last-members'
  | 'result'
  | 'no-read'
  | 'no-wait'
  | 'which-end'
  | 'score'
  | 'given-id'
  | 'exact-length'
  | 'delivery'
  | 'effects';

type Rule = readonly [typed: RegExp, logged: RegExp, reason: Reason];

/** The first rule that fits decides. Names only: the words of the command are never matched by a pattern of the learner's. */
const rules: readonly Rule[] = [
  [/^(P?EXPIRE(AT)?|GETEX|RESTORE)$/, /^(DEL|UNLINK)$/, 'past-date'],
  [/^(P?EXPIRE(AT)?|GETEX)$/, /^PEXPIREAT$/, 'date'],
  [/^RESTORE(-ASKING)?$/, /^RESTORE/, 'date'],
  [/^P?SETEX$/, /^SET$/, 'date'],
  [/^SPOP$/, /^SREM$/, 'chance'],
  [/^SPOP$/, /^(DEL|UNLINK)$/, 'last-members'],
  [/^H?INCRBYFLOAT$/, /^H?SET$/, 'result'],
  [/^(GETSET|GETDEL)$/, /^(SET|DEL|UNLINK)$/, 'no-read'],
  [/^B[LZR]/, /^([LR]POP|LMOVE|RPOPLPUSH|ZPOP(MIN|MAX))$/, 'no-wait'],
  [/^[LZ]MPOP$/, /^([LR]POP|ZPOP(MIN|MAX))$/, 'which-end'],
  [/^GEOADD$/, /^ZADD$/, 'score'],
  [/^(XREADGROUP|XCLAIM|XAUTOCLAIM)$/, /^(XCLAIM|XGROUP)$/, 'delivery'],
  [/^(EVAL|EVALSHA|FCALL)$/, /./, 'effects'],
];

/** The reason, or null when typed and logged differ in a way that needs no word. */
export function reasonOf(typed: string, logged: string): Reason | null {
  const words = typed
    .trim()
    .split(/\s+/)
    .map((word) => upper(word));
  const name = words[0] ?? '';
  const loggedWords = logged.split(' ').map((word) => upper(word));
  const loggedName = loggedWords[0] ?? '';
  if (name === 'SET' && loggedName === 'SET') {
    if (loggedWords.includes('PXAT')) return 'date';
    if (words.includes('GET')) return 'no-read';
  }
  if (name === 'XADD' && loggedName === 'XADD')
    return words.includes('~') ? 'exact-length' : 'given-id';
  if (name === 'XTRIM') return 'exact-length';
  return (
    rules.find(([typedName, logName]) => typedName.test(name) && logName.test(loggedName))?.[2] ??
    null
  );
}

function upper(word: string): string {
  return upperCase(utf8Encode(word));
}
