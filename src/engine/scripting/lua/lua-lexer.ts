/** Lua source → tokens (llex.c), with its complaints. Source is bytes, one char each. */
import { LuaError, parseNumber } from './lua-value.ts';

/** A token's kind: itself for words and signs, or one of `<name>`, `<string>`, `<number>`, `<eof>`. */
export type TokenKind = string;

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly number: number;
}

const reserved = new Set([
  ...['and', 'break', 'do', 'else', 'elseif', 'end', 'false', 'for', 'function', 'if', 'in'],
  ...['local', 'nil', 'not', 'or', 'repeat', 'return', 'then', 'true', 'until', 'while'],
]);

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const isDigit = (c: string): boolean => c >= '0' && c <= '9' && c.length === 1;
const isNewline = (c: string): boolean => c === '\n' || c === '\r';
const isSpace = (c: string): boolean => c === ' ' || (c >= '\t' && c <= '\r');
const isWord = (c: string): boolean =>
  isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c === '_';

export class Lexer {
  readonly chunk: string | null;
  private readonly source: string;
  private at = 0;
  /** The character at hand; empty at the end. */
  private current: string;
  /** Line of the token at hand, and of the one before it. */
  line = 1;
  lastLine = 1;
  token: Token = { kind: '<eof>', text: '', number: 0 };
  private ahead: Token | undefined;
  /** What was read of the token that was read last: errors show it. */
  private buffer = '';

  constructor(source: string, chunk: string | null) {
    this.source = source;
    this.chunk = chunk;
    this.current = source.charAt(0);
  }

  next(): void {
    this.lastLine = this.line;
    if (this.ahead === undefined) this.token = this.read();
    else {
      this.token = this.ahead;
      this.ahead = undefined;
    }
  }

  lookAhead(): TokenKind {
    this.ahead = this.read();
    return this.ahead.kind;
  }

  /** luaX_lexerror; `near`: the kind of the token to show, if one is to be shown. */
  fail(message: string, near?: TokenKind): never {
    const shown = near === undefined ? '' : ` near '${this.textOf(near)}'`;
    throw new LuaError(`${this.chunk ?? ''}:${this.line}: ${message}${shown}`);
  }

  /** luaX_syntaxerror. */
  failHere(message: string): never {
    return this.fail(message, this.token.kind);
  }

  private textOf(kind: TokenKind): string {
    if (kind !== '<name>' && kind !== '<string>' && kind !== '<number>') return tokenText(kind);
    const end = this.buffer.indexOf('\0');
    return end < 0 ? this.buffer : this.buffer.slice(0, end);
  }

  private advance(): void {
    this.current = this.source.charAt(++this.at);
  }

  private save(): void {
    this.buffer += this.current;
    this.advance();
  }

  private accept(set: string): boolean {
    if (this.current === '' || !set.includes(this.current)) return false;
    this.save();
    return true;
  }

  private newLine(): void {
    const old = this.current;
    this.advance();
    if (isNewline(this.current) && this.current !== old) this.advance();
    this.line++;
  }

  private read(): Token {
    this.buffer = '';
    for (;;) {
      const c = this.current;
      if (c === '') return sign('<eof>');
      if (isNewline(c)) this.newLine();
      else if (isSpace(c)) this.advance();
      else if (c === '-') {
        this.advance();
        if (this.current !== '-') return sign('-');
        this.comment();
      } else return this.readToken(c);
    }
  }

  private readToken(c: string): Token {
    if (c === '"' || c === "'") return this.quoted(c);
    if (c === '[') {
      const level = this.separator();
      if (level >= 0) return this.longString(level, 'string');
      return level === -1 ? sign('[') : this.fail('invalid long string delimiter', '<string>');
    }
    if (c === '.') {
      this.save();
      if (this.accept('.')) return sign(this.accept('.') ? '...' : '..');
      return isDigit(this.current) ? this.number() : sign('.');
    }
    if (isDigit(c)) return this.number();
    if (isWord(c)) return this.word();
    this.advance();
    if ((c === '=' || c === '<' || c === '>' || c === '~') && this.current === '=') {
      this.advance();
      return sign(`${c}=`);
    }
    return sign(c);
  }

  private word(): Token {
    const start = this.at;
    while (isWord(this.current)) this.advance();
    this.buffer = this.source.slice(start, this.at);
    if (reserved.has(this.buffer)) return sign(this.buffer);
    return { kind: '<name>', text: this.buffer, number: 0 };
  }

  private number(): Token {
    do this.save();
    while (isDigit(this.current) || this.current === '.');
    if (this.accept('Ee')) this.accept('+-');
    while (isWord(this.current)) this.save();
    const value = parseNumber(this.buffer);
    if (value === undefined) return this.fail('malformed number', '<number>');
    return { kind: '<number>', text: '', number: value };
  }

  private comment(): void {
    this.advance();
    if (this.current === '[') {
      const level = this.separator();
      this.buffer = '';
      if (level >= 0) {
        this.longString(level, 'comment');
        this.buffer = '';
        return;
      }
    }
    while (this.current !== '' && !isNewline(this.current)) this.advance();
  }

  /** `[==[` or `]==]`: the number of signs; negative if it is none. */
  private separator(): number {
    const bracket = this.current;
    let count = 0;
    this.save();
    while (this.current === '=') {
      this.save();
      count++;
    }
    return this.current === bracket ? count : -count - 1;
  }

  private longString(level: number, what: 'string' | 'comment'): Token {
    this.save();
    if (isNewline(this.current)) this.newLine();
    for (;;) {
      switch (this.current) {
        case '':
          return this.fail(`unfinished long ${what}`, '<eof>');
        case '[':
          if (this.separator() === level) {
            this.save();
            if (level === 0) this.fail('nesting of [[...]] is deprecated', '[');
          }
          break;
        case ']':
          if (this.separator() === level) {
            this.save();
            const text = this.buffer.slice(2 + level, this.buffer.length - 2 - level);
            return { kind: '<string>', text, number: 0 };
          }
          break;
        case '\n':
        case '\r':
          this.buffer = what === 'comment' ? '' : `${this.buffer}\n`;
          this.newLine();
          break;
        default:
          if (what === 'comment') this.advance();
          else this.save();
      }
    }
  }

  private quoted(delimiter: string): Token {
    this.save();
    while (this.current !== delimiter) {
      if (this.current === '') this.fail('unfinished string', '<eof>');
      if (isNewline(this.current)) this.fail('unfinished string', '<string>');
      if (this.current === '\\') this.escape();
      else this.save();
    }
    this.save();
    return { kind: '<string>', text: this.buffer.slice(1, -1), number: 0 };
  }

  private escape(): void {
    this.advance();
    const c = this.current;
    if (c === '') return;
    const known = escapes[c];
    if (known !== undefined) {
      this.buffer += known;
      this.advance();
    } else if (isNewline(c)) {
      this.buffer += '\n';
      this.newLine();
    } else if (!isDigit(c)) this.save();
    else {
      let code = 0;
      for (let i = 0; i < 3 && isDigit(this.current); i++) {
        code = 10 * code + Number(this.current);
        this.advance();
      }
      if (code > 255) this.fail('escape sequence too large', '<string>');
      this.buffer += String.fromCharCode(code);
    }
  }
}

function sign(kind: TokenKind): Token {
  return { kind, text: '', number: 0 };
}

/** luaX_token2str. */
export function tokenText(kind: TokenKind): string {
  const code = kind.charCodeAt(0);
  return kind.length === 1 && (code < 0x20 || code === 0x7f) ? `char(${code})` : kind;
}
