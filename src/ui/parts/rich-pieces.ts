export interface RichPiece {
  readonly mark: 'strong' | 'code' | null;
  readonly text: string;
}

/** Splits `a **b** c` and `` a `b` c `` into marked pieces; an unclosed mark stays as it is written. */
export function richPieces(text: string): readonly RichPiece[] {
  const pieces: RichPiece[] = [];
  let done = 0;
  for (const match of text.matchAll(/\*\*(.+?)\*\*|`(.+?)`/g)) {
    if (match.index > done) pieces.push({ mark: null, text: text.slice(done, match.index) });
    const [whole, strong, code] = match;
    if (strong !== undefined) pieces.push({ mark: 'strong', text: strong });
    else if (code !== undefined) pieces.push({ mark: 'code', text: code });
    done = match.index + whole.length;
  }
  if (done < text.length) pieces.push({ mark: null, text: text.slice(done) });
  return pieces;
}

/** The same text without its marks, for a screen reader's sentence. */
export function plainText(text: string): string {
  return richPieces(text)
    .map((piece) => piece.text)
    .join('');
}
