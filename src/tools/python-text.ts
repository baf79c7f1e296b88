/** Values as Python prints them, for the two tools whose originals are Python programs. */
import type { ByteString } from '../base/bytes.ts';

const HEX = '0123456789abcdef';

/**
 * repr() of a str of Python 2, whose text is bytes: in single quotes, unless it holds such a one and no double one; what
 * is not printable ASCII as an escape (stringobject.c:PyString_Repr).
 */
export function pythonRepr(bytes: ByteString): string {
  const quote = bytes.includes("'") && !bytes.includes('"') ? '"' : "'";
  let text = quote;
  for (let i = 0; i < bytes.length; i++) text += escaped(bytes.charCodeAt(i), quote);
  return text + quote;
}

function escaped(code: number, quote: string): string {
  const char = String.fromCharCode(code);
  if (char === quote || char === '\\') return `\\${char}`;
  if (code >= 0x20 && code < 0x7f) return char;
  if (char === '\t') return '\\t';
  if (char === '\n') return '\\n';
  if (char === '\r') return '\\r';
  return `\\x${HEX.charAt(code >> 4)}${HEX.charAt(code & 15)}`;
}

/** repr() of a list of such. */
export function pythonList(items: readonly ByteString[]): string {
  return `[${items.map(pythonRepr).join(', ')}]`;
}

/** repr() of a float: the shortest digits that give it back, with an exponent below 1e-4 and from 1e16 on. */
export function pythonFloat(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (x === Infinity || x === -Infinity) return x > 0 ? 'inf' : '-inf';
  if (x === 0) return Object.is(x, -0) ? '-0.0' : '0.0';
  const [mantissa = '', power = '0'] = x.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const digits = String(exponent < 0 ? -exponent : exponent).padStart(2, '0');
    return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
  }
  const sign = mantissa.startsWith('-') ? '-' : '';
  const digits = mantissa.replace(/[-.]/g, '');
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

/** json.dumps() of a text: pure ASCII. */
export function pythonJson(text: string): string {
  let json = '"';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const short = shortEscapes.get(code);
    if (short !== undefined) json += short;
    else if (code >= 0x20 && code < 0x7f) json += text.charAt(i);
    else json += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return `${json}"`;
}

const shortEscapes: ReadonlyMap<number, string> = new Map([
  [0x22, '\\"'],
  [0x5c, '\\\\'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
]);
