/** Reads the words of a shell script, character by character. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import type { Parameter, ParameterOperator, Part, Quoting, Script, Word } from './syntax.ts';

/** `incomplete`: the script may go on in the next line. */
export class ShellSyntaxError extends Error {
  readonly kind: 'wrong' | 'incomplete';
  constructor(kind: 'wrong' | 'incomplete', message: string) {
    super(message);
    this.kind = kind;
  }
}

export function incomplete(what: string): ShellSyntaxError {
  return new ShellSyntaxError('incomplete', what);
}

const ENDS_WORD = ' \t\n;&|<>()';
const DEEPEST = 200;

interface PendingDocument {
  readonly end: string;
  readonly strip: boolean;
  readonly expands: boolean;
  readonly put: (body: Word) => void;
}

export class Cursor {
  readonly text: string;
  at = 0;
  private readonly pending: PendingDocument[] = [];
  /** Reads the script of `$( … )`, which is the parser's affair. */
  private readonly nested: (cursor: Cursor, end: ')' | '`') => Script;
  private depth = 0;

  constructor(text: string, nested: (cursor: Cursor, end: ')' | '`') => Script) {
    this.text = text;
    this.nested = nested;
  }

  peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  lineAt(offset: number): number {
    let line = 1;
    for (
      let at = this.text.indexOf('\n');
      at >= 0 && at < offset;
      at = this.text.indexOf('\n', at + 1)
    )
      line++;
    return line;
  }

  startsWith(what: string): boolean {
    return this.text.startsWith(what, this.at);
  }

  deeper<T>(read: () => T): T {
    if (++this.depth > DEEPEST) throw new ShellSyntaxError('wrong', 'nested too deeply');
    const result = read();
    this.depth--;
    return result;
  }

  /** Blanks, comments and line continuations. */
  skipBlanks(): void {
    for (;;) {
      if (this.startsWith('\\\n')) this.at += 2;
      else if (this.peek() === ' ' || this.peek() === '\t') this.at++;
      else if (this.peek() === '#') {
        while (this.at < this.text.length && this.peek() !== '\n') this.at++;
      } else return;
    }
  }

  /** Past a newline, and the here-documents that begin after it. */
  newline(): void {
    this.at++;
    for (const one of this.pending.splice(0)) this.readDocument(one);
  }

  expectDocument(document: PendingDocument): void {
    this.pending.push(document);
  }

  checkDocuments(): void {
    if (this.pending.length > 0) throw incomplete('here-document');
  }

  private readDocument({ end, strip, expands, put }: PendingDocument): void {
    let body = '';
    for (;;) {
      if (this.at >= this.text.length) throw incomplete('here-document');
      const stop = this.text.indexOf('\n', this.at);
      let line = this.text.slice(this.at, stop < 0 ? undefined : stop);
      this.at = stop < 0 ? this.text.length : stop + 1;
      if (strip) line = line.replace(/^\t+/, '');
      if (line === end) break;
      body += `${line}\n`;
    }
    put(expands ? this.partsOf(body) : [{ part: 'text', text: ascii(body), quoting: 'quoted' }]);
  }

  /** The parts of a text as within double quotes, where `"` means itself. */
  partsOf(text: string): Word {
    const inner = new Cursor(text, this.nested);
    return inner.readQuoted(null);
  }

  /** A word; undefined if none begins here. */
  word(): Word | undefined {
    const parts: Part[] = [];
    while (this.at < this.text.length && !ENDS_WORD.includes(this.peek()))
      this.readPart(parts, 'plain');
    return parts.length === 0 ? undefined : parts;
  }

  private readPart(parts: Part[], quoting: Quoting): void {
    const char = this.peek();
    if (char === '\\') {
      this.at++;
      if (this.peek() === '\n') {
        this.at++;
        return;
      }
      if (this.at >= this.text.length) throw incomplete('backslash');
      addText(parts, this.peek(), 'quoted');
      this.at++;
    } else if (char === "'") {
      const end = this.text.indexOf("'", this.at + 1);
      if (end < 0) throw incomplete("'");
      addText(parts, this.text.slice(this.at + 1, end), 'quoted');
      this.at = end + 1;
    } else if (char === '"') {
      this.at++;
      const inner = this.readQuoted('"');
      if (inner.length === 0) addText(parts, '', 'quoted');
      parts.push(...inner);
    } else if (char === '$' && this.peek(1) === "'") {
      this.at += 2;
      addText(parts, this.readAnsiQuoted(), 'quoted');
    } else if (char === '$' || char === '`') this.readDollar(parts, quoting);
    else {
      addText(parts, char, quoting);
      this.at++;
    }
  }

  /** Up to the closing quote, or to the end of the text. */
  private readQuoted(end: '"' | null): Part[] {
    const parts: Part[] = [];
    for (;;) {
      const char = this.peek();
      if (char === '') {
        if (end !== null) throw incomplete('"');
        return parts;
      }
      if (char === end) {
        this.at++;
        return parts;
      }
      if (char === '\\') {
        const next = this.peek(1);
        if (next === '\n') this.at += 2;
        else if ((next !== '' && '$`\\'.includes(next)) || (next === '"' && end !== null)) {
          addText(parts, next, 'quoted');
          this.at += 2;
        } else {
          addText(parts, '\\', 'quoted');
          this.at++;
        }
      } else if (char === '$' || char === '`') this.readDollar(parts, 'quoted');
      else {
        addText(parts, char, 'quoted');
        this.at++;
      }
    }
  }

  private readAnsiQuoted(): string {
    let text = '';
    for (;;) {
      const char = this.peek();
      if (char === '') throw incomplete("'");
      this.at++;
      if (char === "'") return text;
      if (char !== '\\') text += char;
      else text += this.ansiEscape();
    }
  }

  private ansiEscape(): string {
    const rest = this.text.slice(this.at);
    const match = /^(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))/s.exec(rest);
    if (match === null) throw incomplete("'");
    this.at += match[0].length;
    if (match[1] !== undefined) return String.fromCharCode(parseInt(match[1], 16));
    if (match[2] !== undefined) return String.fromCharCode(parseInt(match[2], 8) & 255);
    const char = match[3] ?? '';
    return (
      ESCAPES.get(char) ??
      (char === "'" || char === '"' || char === '\\' || char === '?' ? char : `\\${char}`)
    );
  }

  private readDollar(parts: Part[], quoting: Quoting): void {
    if (this.peek() === '`') {
      const end = closingBacktick(this.text, this.at + 1);
      const inner = this.text.slice(this.at + 1, end).replace(/\\([`\\$])/g, '$1');
      const cursor = new Cursor(inner, this.nested);
      parts.push({ part: 'command', script: this.deeper(() => this.nested(cursor, '`')), quoting });
      this.at = end + 1;
      return;
    }
    if (this.startsWith('$((')) {
      const expression = this.tryArithmetic(3);
      if (expression !== undefined) {
        parts.push({ part: 'arithmetic', expression, quoting });
        return;
      }
    }
    if (this.startsWith('$(')) {
      this.at += 2;
      parts.push({ part: 'command', script: this.deeper(() => this.nested(this, ')')), quoting });
      return;
    }
    if (this.startsWith('${')) {
      this.at += 2;
      parts.push({
        part: 'parameter',
        parameter: this.deeper(() => this.readBraces(quoting)),
        quoting,
      });
      return;
    }
    const name = /^(?:[A-Za-z_]\w*|\d|[@*#?$!-])/.exec(
      this.text.slice(this.at + 1, this.at + 256),
    )?.[0];
    if (name === undefined) {
      addText(parts, '$', quoting);
      this.at++;
      return;
    }
    this.at += 1 + name.length;
    parts.push({
      part: 'parameter',
      parameter: { name, operator: null, word: [], second: null },
      quoting,
    });
  }

  /** `(( … ))` whose text begins `skip` characters on; undefined if it is no arithmetic. */
  tryArithmetic(skip: number): Word | undefined {
    let depth = 0;
    for (let i = this.at + skip; i < this.text.length; i++) {
      const char = this.text.charAt(i);
      if (char === '(') depth++;
      else if (char === ')') {
        if (depth > 0) depth--;
        else if (this.text.charAt(i + 1) !== ')') return undefined;
        else {
          const word = this.partsOf(this.text.slice(this.at + skip, i));
          this.at = i + 2;
          return word;
        }
      }
    }
    throw incomplete('((');
  }

  private readBraces(quoting: Quoting): Parameter {
    const rest = this.text.slice(this.at);
    const length = /^#([A-Za-z_]\w*|\d+|[@*])\}/.exec(rest);
    if (length !== null) {
      this.at += length[0].length;
      return { name: length[1] ?? '', operator: 'length', word: [], second: null };
    }
    const name = /^(?:[A-Za-z_]\w*|\d+|[@*#?$!-])/.exec(rest)?.[0];
    if (name === undefined) throw this.badSubstitution();
    this.at += name.length;
    if (this.peek() === '}') {
      this.at++;
      return { name, operator: null, word: [], second: null };
    }
    const operator = OPERATORS.find((one) => this.startsWith(one));
    if (operator === undefined && this.peek() === ':') {
      this.at++;
      const word = this.braceWord(':}', quoting);
      const second = this.peek() === ':' ? (this.at++, this.braceWord('}', quoting)) : null;
      this.at++;
      return { name, operator: 'slice', word, second };
    }
    if (operator === undefined) throw this.badSubstitution();
    this.at += operator.length;
    const replaces = operator === '/' || operator === '//';
    const word = this.braceWord(replaces ? '/}' : '}', quoting);
    const second =
      replaces && this.peek() === '/' ? (this.at++, this.braceWord('}', quoting)) : null;
    this.at++;
    return { name, operator, word, second };
  }

  private badSubstitution(): ShellSyntaxError {
    if (this.at >= this.text.length) return incomplete('}');
    return new ShellSyntaxError('wrong', `bad substitution`);
  }

  private braceWord(ends: string, quoting: Quoting): Word {
    const parts: Part[] = [];
    while (!ends.includes(this.peek()) || this.peek() === '') {
      if (this.at >= this.text.length) throw incomplete('}');
      this.readPart(parts, quoting);
    }
    return parts;
  }
}

const ESCAPES = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['e', '\x1b'],
  ['f', '\f'],
  ['v', '\v'],
]);

const OPERATORS: readonly ParameterOperator[] = [
  ':-',
  ':=',
  ':+',
  ':?',
  '##',
  '%%',
  '//',
  '^^',
  ',,',
  '-',
  '=',
  '+',
  '?',
  '#',
  '%',
  '/',
  '^',
  ',',
];

function closingBacktick(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    if (text.charAt(i) === '\\') i++;
    else if (text.charAt(i) === '`') return i;
  }
  throw incomplete('`');
}

function addText(parts: Part[], text: string, quoting: Quoting): void {
  const last = parts[parts.length - 1];
  if (last?.part === 'text' && last.quoting === quoting)
    parts[parts.length - 1] = { part: 'text', text: ascii(last.text + text), quoting };
  else parts.push({ part: 'text', text: ascii(text), quoting });
}

/** The text of a word that has nothing to expand and no quotes; undefined otherwise. */
export function plainText(word: Word | undefined): ByteString | undefined {
  const [part] = word ?? [];
  return word?.length === 1 && part?.part === 'text' && part.quoting === 'plain'
    ? part.text
    : undefined;
}
