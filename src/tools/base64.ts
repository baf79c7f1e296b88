const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 §4, padded. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const first = bytes[i]!;
    const second = bytes[i + 1];
    const third = bytes[i + 2];
    text += LETTERS.charAt(first >> 2);
    text += LETTERS.charAt(((first & 3) << 4) | ((second ?? 0) >> 4));
    text += second === undefined ? '=' : LETTERS.charAt(((second & 15) << 2) | ((third ?? 0) >> 6));
    text += third === undefined ? '=' : LETTERS.charAt(third & 63);
  }
  return text;
}
