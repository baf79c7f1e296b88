/** The texts of a lesson in one language, as a tree of plain data: nothing of it is HTML. */
export interface LessonText {
  readonly title: string;
  readonly objective: readonly Inline[];
  readonly steps: Readonly<Record<string, StepText>>;
  /** Questions, hints and the like, by their key. */
  readonly keys: Readonly<Record<string, readonly Block[]>>;
}

export interface StepText {
  readonly title: string;
  readonly body: readonly Block[];
  /** What stands under the step when it is done. */
  readonly done: readonly Block[];
}

export type Block =
  | { readonly block: 'paragraph'; readonly text: readonly Inline[] }
  | {
      readonly block: 'list';
      readonly ordered: boolean;
      readonly items: readonly (readonly Inline[])[];
    }
  | { readonly block: 'code'; readonly text: string };

export type Inline =
  | { readonly mark: 'text' | 'strong' | 'em' | 'code'; readonly text: string }
  | { readonly mark: 'link'; readonly text: string; readonly href: string }
  /** A number that the engine computed when the step was done. */
  | { readonly mark: 'figure'; readonly text: string };

/** A lesson in the list of the course. */
export interface CourseEntry {
  /** Its folder: `06-kill-or-power`. */
  readonly folder: string;
  readonly id: string;
  readonly number: number;
  readonly level: number;
  readonly minutes: number;
  readonly requires: readonly string[];
}
