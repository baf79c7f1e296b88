/** What is wrong with a lesson's file: where, and what to do. */
export interface Problem {
  readonly file: string;
  /** Counted from 1; null: the file as a whole. */
  readonly line: number | null;
  readonly what: string;
}

export function problemText({ file, line, what }: Problem): string {
  return `${file}${line === null ? '' : `:${line}`}: ${what}`;
}

export class LessonProblems extends Error {
  constructor(problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'));
  }
}
