/** What was pressed, or a piece of text that was typed or pasted. Text never holds a control character. */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'key'; readonly name: KeyName };

export type KeyName =
  | 'enter'
  | 'tab'
  | 'shift-tab'
  | 'escape'
  | 'backspace'
  | 'delete'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  | 'home'
  | 'end'
  | 'word-left'
  | 'word-right'
  | 'delete-word'
  | 'rub-out-word'
  | 'delete-word-left'
  | 'delete-to-start'
  | 'delete-to-end'
  | 'transpose'
  | 'yank'
  | 'search'
  | 'clear'
  | 'interrupt'
  | 'end-of-input';

/** Between two pieces of what a terminal sends: whether a paste goes on, and an escape sequence cut in two. */
export interface DecoderState {
  pasting: boolean;
  pending: string;
}

export function newDecoder(): DecoderState {
  return { pasting: false, pending: '' };
}

const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

const CONTROLS: ReadonlyMap<string, KeyName> = new Map<string, KeyName>([
  ['\x01', 'home'],
  ['\x02', 'left'],
  ['\x03', 'interrupt'],
  ['\x04', 'end-of-input'],
  ['\x05', 'end'],
  ['\x06', 'right'],
  ['\x08', 'backspace'],
  ['\x09', 'tab'],
  ['\x0a', 'enter'],
  ['\x0b', 'delete-to-end'],
  ['\x0c', 'clear'],
  ['\x0d', 'enter'],
  ['\x0e', 'down'],
  ['\x10', 'up'],
  ['\x12', 'search'],
  ['\x14', 'transpose'],
  ['\x15', 'delete-to-start'],
  ['\x17', 'rub-out-word'],
  ['\x19', 'yank'],
  ['\x7f', 'backspace'],
]);

/** What follows ESC. */
const SEQUENCES: ReadonlyMap<string, KeyName> = new Map<string, KeyName>([
  ['[A', 'up'],
  ['[B', 'down'],
  ['[C', 'right'],
  ['[D', 'left'],
  ['[F', 'end'],
  ['[H', 'home'],
  ['[Z', 'shift-tab'],
  ['OA', 'up'],
  ['OB', 'down'],
  ['OC', 'right'],
  ['OD', 'left'],
  ['OF', 'end'],
  ['OH', 'home'],
  ['[1~', 'home'],
  ['[3~', 'delete'],
  ['[4~', 'end'],
  ['[7~', 'home'],
  ['[8~', 'end'],
  ['[1;3C', 'word-right'],
  ['[1;3D', 'word-left'],
  ['[1;5C', 'word-right'],
  ['[1;5D', 'word-left'],
  ['[3;3~', 'delete-word'],
  ['[3;5~', 'delete-word'],
  ['b', 'word-left'],
  ['f', 'word-right'],
  ['d', 'delete-word'],
  ['\x7f', 'delete-word-left'],
  ['\x08', 'delete-word-left'],
]);

/**
 * Reads what a terminal sends as keys. A pasted piece becomes text and `enter` for each end of a line, so that
 * several lines run one after another; its tabs are blanks and its other control characters are left out.
 */
export function decodeKeys(state: DecoderState, data: string): Key[] {
  const input = state.pending + data;
  state.pending = '';
  const keys: Key[] = [];
  let at = 0;
  while (at < input.length) {
    if (state.pasting) {
      const end = input.indexOf(PASTE_END, at);
      pushPasted(keys, input.slice(at, end === -1 ? input.length : end));
      if (end === -1) break;
      state.pasting = false;
      at = end + PASTE_END.length;
    } else if (input.startsWith(PASTE_START, at)) {
      state.pasting = true;
      at += PASTE_START.length;
    } else if (input.charAt(at) === '\x1b') {
      const sequence = sequenceAt(input, at + 1);
      if (sequence === undefined) {
        // A lone ESC is the key; anything longer is the beginning of a sequence that goes on in the next piece.
        if (at + 1 === input.length) pushKey(keys, 'escape');
        else state.pending = input.slice(at);
        break;
      }
      pushKey(keys, SEQUENCES.get(sequence));
      at += 1 + sequence.length;
    } else {
      at += pushPlain(keys, input, at);
    }
  }
  return keys;
}

/** The escape sequence that begins at `at`, behind its ESC; undefined when it is not complete. */
function sequenceAt(input: string, at: number): string | undefined {
  const first = input.charAt(at);
  if (first === '') return undefined;
  if (first === 'O') return at + 1 < input.length ? input.slice(at, at + 2) : undefined;
  if (first !== '[') return first;
  for (let end = at + 1; end < input.length; end++) {
    const code = input.charCodeAt(end);
    if (code >= 0x40 && code <= 0x7e) return input.slice(at, end + 1);
  }
  return undefined;
}

/** One control character, or text up to the next one. Returns its length. */
function pushPlain(keys: Key[], input: string, at: number): number {
  if (isControl(input.charCodeAt(at))) {
    pushKey(keys, CONTROLS.get(input.charAt(at)));
    return 1;
  }
  let end = at;
  while (end < input.length && !isControl(input.charCodeAt(end))) end++;
  keys.push({ kind: 'text', text: input.slice(at, end) });
  return end - at;
}

/** Tutorials print redis-cli's prompt before what is to be typed. */
const PRINTED_PROMPT = /^(?:\d+\.\d+\.\d+\.\d+|localhost|redis):\d+(?:\[\d+\])?(?:\(TX\))?> ?/;

function pushPasted(keys: Key[], pasted: string): void {
  pasted
    .replaceAll('\t', ' ')
    .split(/\r\n|\r|\n/)
    .forEach((line, i) => {
      if (i > 0) pushKey(keys, 'enter');
      const text = [...line.replace(PRINTED_PROMPT, '')]
        .filter((char) => !isControl(char.charCodeAt(0)))
        .join('');
      if (text !== '') keys.push({ kind: 'text', text });
    });
}

function pushKey(keys: Key[], name: KeyName | undefined): void {
  if (name !== undefined) keys.push({ kind: 'key', name });
}

function isControl(code: number): boolean {
  return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}
