import { ascii, byteStringOf, bytesOf, EMPTY, type ByteString } from '../../base/bytes.ts';
import { fromBase64, toBase64 } from '../../base/base64.ts';
import {
  close,
  complain,
  reasonOf,
  tryRead,
  workThrough,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { openInput } from './input.ts';
import { readOptions } from './options.ts';

const LINE = 76;

/** base64(1), as bytes come. */
export function* base64({ argv }: ProgramContext): Run {
  const options = yield* readOptions(argv, {
    flags: 'di',
    values: 'w',
    long: { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' },
  });
  if (typeof options === 'number') return options;
  const { flags, values, words } = options;
  const wrap = values.get('w') ?? ascii(String(LINE));
  if (!/^\d+$/.test(wrap)) {
    yield* complain(`base64: invalid wrap size: '${wrap}'`);
    return 1;
  }
  if (words.length > 1) {
    yield* complain(
      `base64: extra operand '${words[1] ?? ''}'\nTry 'base64 --help' for more information.`,
    );
    return 1;
  }
  const path = words[0] ?? ascii('-');
  const fd = yield* openInput('base64', path);
  if (fd === undefined) return 1;
  const take = flags.has('d') ? decoding(flags.has('i')) : encoding(Number(wrap));
  for (;;) {
    const bytes = yield* tryRead(fd);
    if (typeof bytes === 'object') {
      yield* complain(`base64: read error: ${reasonOf(bytes.errno)}`);
      return 1;
    }
    yield* workThrough(bytes.length, 200);
    const { out, valid } = take(bytes);
    if (out !== '') yield* write(1, out);
    if (!valid) {
      yield* complain('base64: invalid input');
      return 1;
    }
    if (bytes === '') break;
  }
  if (fd > 2) yield* close(fd);
  return 0;
}

/** Takes the next bytes, empty at the end. */
type Take = (bytes: ByteString) => { readonly out: ByteString; readonly valid: boolean };

function encoding(wrap: number): Take {
  let rest = EMPTY;
  let column = 0;
  return (bytes) => {
    const all = ascii(rest + bytes);
    const whole = bytes === '' ? all.length : all.length - (all.length % 3);
    rest = ascii(all.slice(whole));
    const text = toBase64(bytesOf(ascii(all.slice(0, whole))), 'padded');
    if (wrap === 0) return { out: ascii(text), valid: true };
    let out = '';
    for (let at = 0; at < text.length;) {
      const part = text.slice(at, at + wrap - column);
      out += part;
      at += part.length;
      column += part.length;
      if (column < wrap) continue;
      out += '\n';
      column = 0;
    }
    if (bytes === '' && column > 0) out += '\n';
    return { out: ascii(out), valid: true };
  };
}

function decoding(ignoresGarbage: boolean): Take {
  let rest = '';
  return (bytes) => {
    const clean = bytes.replace(ignoresGarbage ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
    const all = rest + clean;
    const whole = bytes === '' ? all.length : all.length - (all.length % 4);
    rest = all.slice(whole);
    let out = '';
    for (let at = 0; at < whole; at += 4) {
      const group = all.slice(at, Math.min(at + 4, whole));
      const decoded = fromBase64(group, 'padded');
      if (decoded === undefined) {
        // What an incomplete group holds is written all the same.
        const padded = /^[A-Za-z0-9+/]{2,3}$/.test(group) ? group.padEnd(4, '=') : '';
        const start = fromBase64(padded, 'padded');
        return { out: ascii(out + (start === undefined ? '' : byteStringOf(start))), valid: false };
      }
      out += byteStringOf(decoded);
    }
    return { out: ascii(out), valid: true };
  };
}
