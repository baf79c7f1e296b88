/** A shell script as a tree. Words keep what is still to be expanded, and what quotes protect. */
import type { ByteString } from '../../base/bytes.ts';

export type Word = readonly Part[];

export type Quoting = 'plain' | 'quoted';

export type Part =
  | { readonly part: 'text'; readonly text: ByteString; readonly quoting: Quoting }
  | { readonly part: 'parameter'; readonly parameter: Parameter; readonly quoting: Quoting }
  | { readonly part: 'command'; readonly script: Script; readonly quoting: Quoting }
  | { readonly part: 'arithmetic'; readonly expression: Word; readonly quoting: Quoting };

/** `${name}`, `${#name}`, `${name<operator>word}`. */
export interface Parameter {
  readonly name: string;
  readonly operator: ParameterOperator | null;
  readonly word: Word;
  /** Of `/` and `//`: what it is replaced by; of `:` the length. */
  readonly second: Word | null;
}

export type ParameterOperator =
  | 'length'
  | '-'
  | ':-'
  | '='
  | ':='
  | '+'
  | ':+'
  | '?'
  | ':?'
  | '#'
  | '##'
  | '%'
  | '%%'
  | '/'
  | '//'
  | 'slice'
  | '^'
  | '^^'
  | ','
  | ',,';

export interface Redirect {
  readonly fd: number | null;
  readonly operator: '<' | '>' | '>>' | '>|' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<' | '<>';
  /** Of a here-document: its text. */
  readonly target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly how: 'set' | 'append';
}

export type Command =
  | {
      readonly command: 'simple';
      readonly assignments: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'group' | 'subshell';
      readonly body: Script;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'if';
      readonly branches: readonly { readonly condition: Script; readonly body: Script }[];
      readonly otherwise: Script | null;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'for';
      readonly name: string;
      /** Null: the positional parameters. */
      readonly words: readonly Word[] | null;
      readonly body: Script;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'loop';
      readonly until: 'false' | 'true';
      readonly condition: Script;
      readonly body: Script;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'count';
      /** `for ((first; condition; next))` */
      readonly first: Word;
      readonly condition: Word;
      readonly next: Word;
      readonly body: Script;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'case';
      readonly word: Word;
      readonly branches: readonly { readonly patterns: readonly Word[]; readonly body: Script }[];
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'arithmetic';
      readonly expression: Word;
      readonly redirects: readonly Redirect[];
    }
  | {
      readonly command: 'test';
      readonly words: readonly Word[];
      readonly redirects: readonly Redirect[];
    }
  | { readonly command: 'function'; readonly name: string; readonly body: Command };

export interface Pipeline {
  readonly commands: readonly Command[];
  readonly negated: boolean;
  readonly timed: boolean;
}

export interface AndOr {
  readonly first: Pipeline;
  readonly rest: readonly { readonly when: '&&' | '||'; readonly pipeline: Pipeline }[];
  readonly background: boolean;
  /** As it was typed, for `jobs`. */
  readonly text: ByteString;
  /** Of the script, from 1. */
  readonly line: number;
}

export type Script = readonly AndOr[];
