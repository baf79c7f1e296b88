/** One import at a time: gathered, planned, confirmed, loaded; it can be stopped until Redis has it. */
import { gather } from './dropped-files.ts';
import type { FoundFile } from './dropped-files.ts';
import { planImport } from './import-plan.ts';
import { ZipError } from './read-zip.ts';
import { filesTexts, problemText } from './texts.ts';

/** Resolves when Redis has loaded the files; rejects with its reason, and has then changed nothing. */
export type OnImport = (
  files: Map<string, Uint8Array>,
) => Promise<{ readonly keys: number; readonly commands: number }>;

export type ImportStage =
  | { readonly type: 'idle' }
  | {
      readonly type: 'reading';
      readonly name: string;
      readonly done: number;
      readonly total: number;
    }
  | { readonly type: 'asking'; readonly files: Map<string, Uint8Array> }
  | { readonly type: 'loading' }
  | { readonly type: 'done'; readonly keys: number; readonly commands: number }
  | { readonly type: 'failed'; readonly message: string };

export class FilesImport {
  stage = $state.raw<ImportStage>({ type: 'idle' });
  #stop = new AbortController();
  #load: OnImport;

  constructor(load: OnImport) {
    this.#load = load;
  }

  get busy(): boolean {
    return this.stage.type === 'reading' || this.stage.type === 'loading';
  }

  /** `ask` puts the question first that replacing data deserves. */
  async start(
    find: () => Promise<FoundFile[]> | FoundFile[],
    ask: () => 'ask' | 'load',
  ): Promise<void> {
    if (this.busy) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      const found = await find();
      if (found.length === 0) return;
      const files = await gather(found, {
        signal,
        progress: (name, done, total) => {
          if (!signal.aborted) this.stage = { type: 'reading', name, done, total };
        },
      });
      const plan = planImport(files);
      if (!plan.ok) {
        this.#fail(problemText(filesTexts(), plan.problem, plan.names.slice(0, 3).join(', ')));
      } else if (ask() === 'ask') {
        this.stage = { type: 'asking', files: plan.files };
      } else {
        await this.load(plan.files);
      }
    } catch (error) {
      this.#fail(messageOf(error));
    }
  }

  async load(files: Map<string, Uint8Array>): Promise<void> {
    this.stage = { type: 'loading' };
    try {
      const { keys, commands } = await this.#load(files);
      this.stage = { type: 'done', keys, commands };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#fail(problemText(filesTexts(), 'refused', reason));
    }
  }

  stop(): void {
    this.#stop.abort();
    if (this.stage.type === 'reading') this.#fail(filesTexts().problems.stopped);
  }

  close(): void {
    this.stage = { type: 'idle' };
  }

  #fail(message: string): void {
    this.stage = { type: 'failed', message };
  }
}

function messageOf(error: unknown): string {
  const texts = filesTexts();
  if (error instanceof ZipError) return problemText(texts, error.problem, error.entry);
  return problemText(texts, 'unreadable', error instanceof Error ? error.message : String(error));
}
