/** Where `word`, of chars up to 255, stands in `bytes` first, from `from` on; -1: nowhere. */
export function indexOfWord(bytes: Uint8Array, word: string, from: number): number {
  const first = word.charCodeAt(0);
  const stop = bytes.length - word.length;
  for (let at = from; at <= stop; at++) {
    if (bytes[at] !== first) continue;
    let length = 1;
    while (length < word.length && bytes[at + length] === word.charCodeAt(length)) length++;
    if (length === word.length) return at;
  }
  return -1;
}
