/** What an awk program is made of. */
export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'element'; readonly name: string; readonly index: readonly Expr[] }
  | { readonly kind: 'field'; readonly index: Expr }
  | { readonly kind: 'in'; readonly index: readonly Expr[]; readonly name: string }
  | { readonly kind: 'assign'; readonly op: string; readonly to: Expr; readonly value: Expr }
  | {
      readonly kind: 'step';
      readonly by: 1 | -1;
      readonly when: 'before' | 'after';
      readonly to: Expr;
    }
  | { readonly kind: 'unary'; readonly op: string; readonly value: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'call'; readonly name: string; readonly given: readonly Expr[] }
  | {
      readonly kind: 'getline';
      readonly from: 'input' | 'file' | 'command';
      readonly source: Expr | null;
      readonly to: Expr | null;
    };

export interface Redirect {
  readonly to: '>' | '>>' | '|';
  readonly target: Expr;
}

export type Statement =
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'expr'; readonly value: Expr }
  | {
      readonly kind: 'print' | 'printf';
      readonly values: readonly Expr[];
      readonly redirect: Redirect | null;
    }
  | {
      readonly kind: 'if';
      readonly test: Expr;
      readonly yes: Statement;
      readonly no: Statement | null;
    }
  | { readonly kind: 'while' | 'do'; readonly test: Expr; readonly body: Statement }
  | {
      readonly kind: 'for';
      readonly first: Statement | null;
      readonly test: Expr | null;
      readonly next: Statement | null;
      readonly body: Statement;
    }
  | {
      readonly kind: 'each';
      readonly name: string;
      readonly array: string;
      readonly body: Statement;
    }
  | { readonly kind: 'break' | 'continue' | 'next' }
  | { readonly kind: 'exit' | 'return'; readonly value: Expr | null }
  | { readonly kind: 'delete'; readonly name: string; readonly index: readonly Expr[] | null };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'always' | 'pattern' | 'range';
  readonly first: Expr | null;
  readonly last: Expr | null;
  /** Null: the record is printed. */
  readonly body: Statement | null;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

export class AwkSyntaxError extends Error {
  readonly near: string;
  readonly line: number;

  constructor(near: string, line: number) {
    super(near);
    this.near = near;
    this.line = line;
  }
}

export function isPlace(expr: Expr): boolean {
  return expr.kind === 'name' || expr.kind === 'element' || expr.kind === 'field';
}

export const KEYWORDS = new Set(
  'BEGIN END function func if else while for do break continue next exit return delete in print printf'.split(
    ' ',
  ),
);

export const BUILTINS = new Set(
  'length substr index split sub gsub match sprintf tolower toupper int sqrt exp log sin cos atan2 rand srand system close fflush'.split(
    ' ',
  ),
);
