/** The beginning of a file, as text or as hex. */
export type Peek =
  | { readonly kind: 'text'; readonly text: string; readonly rest: number }
  | { readonly kind: 'hex'; readonly lines: readonly HexLine[]; readonly rest: number };

export interface HexLine {
  readonly at: string;
  readonly hex: string;
  readonly text: string;
}

/** How much of a file is looked at. */
export const PEEKED = 4096;

/** `size`: of the whole file, of which `bytes` are at least the beginning. */
export function peekAt(bytes: Uint8Array, size = bytes.length): Peek {
  const shown = bytes.subarray(0, PEEKED);
  const rest = size - shown.length;
  if (isText(shown)) return { kind: 'text', text: plainText(shown), rest };
  return { kind: 'hex', lines: hexDump(shown), rest };
}

/** Printable ASCII with line ends, as a manifest, a redis.conf and most logs are. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every(
    (byte) => (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x0d || byte === 0x09,
  );
}

function plainText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) if (byte !== 0x0d) text += String.fromCharCode(byte);
  return text;
}

export function hexDump(bytes: Uint8Array, width = 16): HexLine[] {
  const lines: HexLine[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const row = [...bytes.subarray(at, at + width)];
    lines.push({
      at: at.toString(16).padStart(4, '0'),
      hex: row.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      text: row
        .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
        .join(''),
    });
  }
  return lines;
}
