/**
 * Whether redis-check-aof of 7.2.4 takes a file for a manifest: when any line that is no comment begins with `file`,
 * also in the middle of a log (redis-check-aof.c:fileIsManifest; spec §7.1). Later versions look at the first only.
 */
const F = 102;
const I = 105;
const L = 108;
const E = 101;
const LF = 10;

/** fgets gives a line that is longer than this in pieces, each of which is taken for a line. */
const PIECE = 1024;

/** By a byte's value: how far behind the start of `file` the byte behind it stands; 0 for all others. */
const LENGTH_UP_TO = new Uint8Array(256);
LENGTH_UP_TO[F] = 1;
LENGTH_UP_TO[I] = 2;
LENGTH_UP_TO[L] = 3;
LENGTH_UP_TO[E] = 4;

export function looksLikeManifest(bytes: Uint8Array): boolean {
  let lineStart = 0;
  let seen = 0;
  // Of any four bytes in a row that are `file`, one stands at a place that is looked at here.
  for (let last = 3; last < bytes.length; last += 4) {
    const length = LENGTH_UP_TO[bytes[last]!]!;
    if (length === 0) continue;
    const at = last + 1 - length;
    if (bytes[at] !== F || bytes[at + 1] !== I || bytes[at + 2] !== L || bytes[at + 3] !== E)
      continue;
    // Every byte is passed once, however many such words there are.
    for (let p = at - 1; p >= seen; p--) {
      if (bytes[p] !== LF) continue;
      lineStart = p + 1;
      break;
    }
    seen = at;
    if ((at - lineStart) % PIECE === 0) return true;
  }
  return false;
}
