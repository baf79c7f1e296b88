/** The words of an awk program. Where a value may stand, a slash begins a regular expression. */
export interface Token {
  readonly kind: 'number' | 'string' | 'regex' | 'word' | 'operator' | 'end';
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const OPERATORS = [
  '&&',
  '||',
  '++',
  '--',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '^=',
  '==',
  '<=',
  '>=',
  '!=',
  '!~',
  '>>',
];

export class Lexer {
  private readonly source: string;
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  next(expects: 'value' | 'operator'): Token {
    this.skipBlanks();
    const { source, at } = this;
    if (at >= source.length) return this.token('end', '', at);
    const rest = source.slice(at, at + 64);
    const number = /^(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(
      source.slice(at, at + 400),
    );
    if (number !== null) return this.token('number', number[0], at + number[0].length);
    const word = /^[A-Za-z_]\w*/.exec(source.slice(at, at + 400));
    if (word !== null) return this.token('word', word[0], at + word[0].length);
    const char = source.charAt(at);
    if (char === '"') return this.string();
    if (char === '/' && expects === 'value') return this.regex();
    const long = OPERATORS.find((one) => rest.startsWith(one));
    const text = long ?? char;
    return this.token('operator', text, at + text.length);
  }

  /** Where to come back to, with the token that stands there. */
  mark(token: Token): Token {
    return token;
  }

  back(mark: Token): Token {
    this.at = mark.end;
    return mark;
  }

  /** A function of the program's own is called without a blank before its bracket. */
  opensCall(token: Token): boolean {
    return this.source.charAt(token.end) === '(';
  }

  lineOf(token: Token): number {
    return this.source.slice(0, token.at).split('\n').length;
  }

  private token(kind: Token['kind'], text: string, end: number): Token {
    const token = { kind, text, at: this.at, end };
    this.at = end;
    return token;
  }

  private skipBlanks(): void {
    const blanks = /(?:[ \t\r]|\\\r?\n|#[^\n]*)*/y;
    blanks.lastIndex = this.at;
    this.at += blanks.exec(this.source)?.[0].length ?? 0;
  }

  private string(): Token {
    let text = '';
    let at = this.at + 1;
    for (; at < this.source.length && this.source.charAt(at) !== '"'; at++) {
      const char = this.source.charAt(at);
      if (char !== '\\') {
        text += char;
        continue;
      }
      const escape = /^\\(?:([0-7]{1,3})|([\s\S]))/.exec(this.source.slice(at, at + 4));
      const letter = escape?.[2];
      at += (escape?.[0].length ?? 1) - 1;
      if (escape?.[1] !== undefined) text += String.fromCharCode(parseInt(escape[1], 8) & 255);
      else if (letter === '\n') continue;
      else text += ESCAPES[letter ?? ''] ?? `\\${letter ?? ''}`;
    }
    return this.token('string', text, at + 1);
  }

  private regex(): Token {
    let text = '';
    let at = this.at + 1;
    let inClass = false;
    for (; at < this.source.length; at++) {
      const char = this.source.charAt(at);
      if (char === '/' && !inClass) break;
      if (char === '[') inClass = true;
      else if (char === ']' && !text.endsWith('[') && !text.endsWith('[^')) inClass = false;
      if (char === '\\' && this.source.charAt(at + 1) === '/') continue;
      text += char;
      if (char === '\\') text += this.source.charAt(++at);
    }
    return this.token('regex', text, at + 1);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};
