/**
 * Whether redis-check-aof of 7.2.4 takes a file for a manifest: when any line that is no comment begins with `file`,
 * also in the middle of a log (redis-check-aof.c:fileIsManifest; spec §7.1). Later versions look at the first only.
 */
import type { FileContent } from './tool-files.ts';

const WORD = 'file';
const LF = 10;

/** fgets gives a line that is longer than this in pieces, each of which is taken for a line. */
const LINE_PIECE = 1024;

/** So much of the file is looked at at once. */
const PIECE = 256 * 1024;

export function looksLikeManifest(content: FileContent, pieceSize = PIECE): boolean {
  let lineStart = 0;
  for (let base = 0; base < content.size;) {
    const piece = content.piece(base, pieceSize);
    const end = base + piece.length;
    // Every byte is passed once, however many such words there are.
    let passed = 0;
    const lineStartAt = (at: number): number => {
      for (let p = at - 1; p >= passed; p--) {
        if (piece[p] !== LF) continue;
        lineStart = base + p + 1;
        break;
      }
      passed = at;
      return lineStart;
    };
    for (let at = content.find(piece, WORD, 0); at >= 0; at = content.find(piece, WORD, at + 1))
      if ((base + at - lineStartAt(at)) % LINE_PIECE === 0) return true;
    if (end >= content.size || piece.length < WORD.length) return false;
    // A word may stand across two pieces; where it begins, its line has begun before.
    const overlap = WORD.length - 1;
    lineStartAt(piece.length - overlap);
    base = end - overlap;
  }
  return false;
}
