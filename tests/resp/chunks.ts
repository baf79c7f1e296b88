import fc from 'fast-check';

/** `bytes` cut into pieces at these places, in any order and as often as they come. */
export function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    pieces.push(bytes.slice(from, end));
    from = end;
  }
  return pieces;
}

export const places = fc.array(fc.nat(10_000), { maxLength: 12 });
