/** read and getopts. */
import { ascii, EMPTY, type ByteString } from '../../base/bytes.ts';
import { complain, read, write, type Run } from '../program.ts';
import { type Builtin } from './registry.ts';
import { getVariable, setVariable, type ShellState } from './shell-state.ts';

export const readLine: Builtin = function* (state, words) {
  const names: ByteString[] = [];
  let raw = false;
  let end = '\n';
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? EMPTY;
    if (word === '-p') yield* write(2, words[++i] ?? EMPTY);
    else if (word === '-d') end = words[++i]?.charAt(0) ?? '\0';
    else if (/^-[rs]+$/.test(word)) raw ||= word.includes('r');
    else names.push(word);
  }
  let line = '';
  let ended = true;
  for (;;) {
    const byte = yield* read(0, 1);
    if (byte === '') break;
    if (byte === end) {
      if (!raw && line.endsWith('\\')) {
        line = line.slice(0, -1);
        continue;
      }
      ended = false;
      break;
    }
    line += byte;
  }
  if (!raw) line = line.replace(/\\(.)/gs, '$1');
  assignWords(state, names.length === 0 ? [ascii('REPLY')] : names, line, names.length === 0);
  return ended ? 1 : 0;
};

function assignWords(
  state: ShellState,
  names: readonly ByteString[],
  line: string,
  whole: boolean,
): void {
  const separators = state.variables.get('IFS')?.value ?? ' \t\n';
  const blanks = [...separators].filter((char) => ' \t\n'.includes(char));
  const isIn = (list: readonly string[] | string, char: string): boolean =>
    char !== '' && list.includes(char);
  let at = 0;
  for (const [i, name] of names.entries()) {
    while (!whole && isIn(blanks, line.charAt(at))) at++;
    let end = at;
    if (i === names.length - 1) end = line.length;
    else while (end < line.length && !isIn(separators, line.charAt(end))) end++;
    let value = line.slice(at, end);
    if (i === names.length - 1 && !whole)
      while (isIn(blanks, value.charAt(value.length - 1))) value = value.slice(0, -1);
    setVariable(state, name, ascii(value));
    at = end + 1;
  }
}

export const getopts: Builtin = function* (state, words) {
  const [, letters = EMPTY, name = EMPTY] = words;
  const from = words.length > 3 ? words.slice(3) : state.positional;
  const index = Number(getVariable(state, 'OPTIND') ?? '1');
  const word = from[index - 1];
  const end = word === undefined || word.length < 2 || !word.startsWith('-') || word === '--';
  if (end) {
    setVariable(state, name, ascii('?'));
    return 1;
  }
  const letter = word.charAt(state.optIndex);
  const at = letters.indexOf(letter);
  let next = state.optIndex + 1 >= word.length ? index + 1 : index;
  state.optIndex = next === index ? state.optIndex + 1 : 1;
  if (at >= 0 && letters.charAt(at + 1) === ':') {
    const rest = next === index ? word.slice(state.optIndex) : from[next - 1];
    next = next === index ? index + 1 : next + 1;
    state.optIndex = 1;
    setVariable(state, 'OPTARG', ascii(rest ?? ''));
  }
  setVariable(state, name, ascii(at >= 0 ? letter : '?'));
  setVariable(state, 'OPTIND', ascii(String(next)));
  return at < 0 ? yield* optionUnknown(state, letter) : 0;
};

function* optionUnknown(state: ShellState, letter: string): Run {
  yield* complain(`${state.name}: illegal option -- ${letter}`);
  return 0;
}
