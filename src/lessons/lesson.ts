/**
 * A lesson as the lab plays it: what the authors' files (`lessons/<nn-slug>/`) say, compiled at build time. Texts are
 * named by keys; the page has them in its languages. Nothing of it is code.
 */
import { fromBase64 } from '../base/base64.ts';
import { assert } from '../base/assert.ts';
import type { Setup } from '../lab/view.ts';

export interface Lesson {
  /** Stable: progress is kept under it. */
  readonly id: string;
  /** Its place in the course. */
  readonly number: number;
  readonly level: number;
  readonly minutes: number;
  /** Lessons that come before it. */
  readonly requires: readonly string[];
  /** What it is true of: `redis-7.2`. */
  readonly models: string;
  readonly start: Setup;
  /** How the page shows it at its start. */
  readonly ui: LessonLook;
  readonly steps: readonly Step[];
  /** The way through it, in the grammar of actions. */
  readonly solution: string;
  readonly wrong: readonly WrongWay[];
  readonly facts: readonly Fact[];
  readonly teacher: { readonly notes: string | null; readonly ask: readonly string[] };
}

/** A lesson as JSON, whose files are base64. */
export type PackedLesson = Omit<Lesson, 'start'> & {
  readonly start: Omit<Setup, 'files'> & { readonly files?: Readonly<Record<string, string>> };
};

export interface LessonLook {
  readonly place: 'lab' | 'race';
  readonly tab: 'log' | 'memory' | 'ledger' | 'files' | 'calls' | 'server-log';
}

export interface Step {
  readonly id: string;
  readonly begin: StepBegin;
  /** Each of them must have an answer before the step can be done. */
  readonly ask: readonly Question[];
  /** Lines of the action grammar that the page offers. */
  readonly suggest: readonly string[];
  readonly check: Check;
  /** What is said when that happens and the step is not done. */
  readonly on_fail: readonly { readonly when: Check; readonly say: string }[];
  readonly hints: readonly string[];
  /** Figures that the text of the done step names. */
  readonly show: readonly string[];
}

export interface StepBegin {
  /** Goes back to just before the last such accident, so that something else can be done at that instant. */
  readonly rewind: Accident | null;
  /** Controls that are done for the learner. */
  readonly do: readonly string[];
}

export type Accident = 'kill' | 'power';

/** A prediction, whose truth the engine tells when the step `known` is done; or a question with a right answer. */
export interface Question {
  readonly key: string;
  readonly type: 'integer' | 'number' | 'choice';
  /** The figure that decides a number. */
  readonly truth: string | null;
  /** How far a number may be off and still be right, as a share of the truth. */
  readonly tolerance: number;
  readonly options: readonly Option[];
  /** The text that explains the truth. */
  readonly because: string | null;
  /** The step after which the truth is known; null: the answer is judged at once. */
  readonly known: string | null;
}

export interface Option {
  readonly key: string;
  /** It is the truth if this holds. */
  readonly when: Check | null;
  /** Of a question that is judged at once. */
  readonly right: boolean;
}

export interface WrongWay {
  readonly script: string;
  readonly text: string;
  /** The step that it does not get past. */
  readonly fails: string;
}

export interface Fact {
  /** The text of the claim. */
  readonly claim: string;
  /** A test that proves it on a real server, or Redis file:function. */
  readonly source: string;
}

/** What a value must be: itself, or each of these. */
export type Matcher = number | string | boolean | MatcherParts;

export interface MatcherParts {
  readonly eq?: number | string | boolean;
  readonly not?: number | string | boolean;
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly contains?: string;
}

/** What an assertion may carry besides what it asserts. */
interface Common {
  /** The first lane, if none is named. */
  readonly lane?: string;
  /** A text for "why not yet"; without it the page has words for each kind. */
  readonly as?: string;
}

export type Check =
  | { readonly all: readonly Check[] }
  | { readonly any: readonly Check[] }
  | { readonly not: Check; readonly as?: string }
  /** One after the other. */
  | { readonly in_order: readonly Check[] }
  | Assertion;

export type Assertion =
  | ({ readonly key: KeyCheck } & Common)
  /** The same data set as at the end of that step, or as another lane has. */
  | ({ readonly digest: { readonly same_as?: string; readonly same_as_lane?: string } } & Common)
  | ({
      readonly reply: { readonly command: string; readonly text?: Matcher };
    } & Common)
  | ({ readonly info: Matchers } & Common)
  | ({ readonly config: Matchers } & Common)
  /** `written: {gt: 10}`, or `written: {above: fsynced}`. */
  | ({ readonly offset: Readonly<Record<string, OffsetMatcher>> } & Common)
  /** Acknowledged writes that the last crash of this step took, or left. */
  | ({ readonly lost: Matcher } & Common)
  | ({ readonly survived: Matcher } & Common)
  | ({ readonly file: FileCheck } & Common)
  | ({ readonly manifest: Matchers } & Common)
  | ({ readonly server_log: string } & Common)
  | ({ readonly event: EventCheck } & Common)
  | ({ readonly process: 'running' | 'stopped' | 'loading' | 'failed' } & Common)
  /** Milliseconds of lab time since the step began. */
  | ({ readonly elapsed: Matcher } & Common)
  | ({ readonly answer: { readonly question: string; readonly right?: boolean } } & Common)
  /** Two figures beside each other: of two lanes, or of now and of the end of an earlier step. */
  | ({ readonly compare: Comparison } & Common)
  | ({ readonly figure: Matchers } & Common);

export type Matchers = Readonly<Record<string, Matcher>>;
export type OffsetMatcher = Matcher | { readonly above: string } | { readonly equals: string };

export interface KeyCheck {
  readonly name: string;
  readonly exists?: boolean;
  readonly type?: string;
  /** Its value as the memory pane shows it; a number where it is one. */
  readonly value?: Matcher;
}

export interface FileCheck {
  readonly path: string;
  readonly exists?: boolean;
  readonly size?: Matcher;
}

export interface EventCheck {
  readonly type: Accident | 'boot' | 'fsync';
  /** Figures at that moment. */
  readonly when?: Matchers;
}

export interface Comparison {
  readonly left: Figure;
  readonly is: 'gt' | 'gte' | 'eq' | 'lt' | 'lte';
  readonly right: Figure;
}

export interface Figure {
  readonly figure: string;
  /** As it was at the end of that step; without it, now. */
  readonly step?: string;
}

export function unpackLesson(packed: PackedLesson): Lesson {
  const { files, ...start } = packed.start;
  if (files === undefined) return { ...packed, start };
  const bytes = Object.entries(files).map(([path, text]) => {
    const decoded = fromBase64(text, 'padded');
    assert(decoded !== undefined, `${path} is no base64`);
    return [path, decoded] as const;
  });
  return { ...packed, start: { ...start, files: Object.fromEntries(bytes) } };
}
