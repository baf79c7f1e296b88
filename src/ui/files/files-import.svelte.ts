/** One import at a time, as the page follows it: what was brought goes to the worker, which reads, tries and loads it. */
import type { BroughtFile, ImportRequest, ImportView } from '../../worker/protocol.ts';
import { TooManyFiles } from './dropped-files.ts';
import { filesTexts, problemText } from './texts.ts';

export type Importer = (request: ImportRequest) => Promise<ImportView>;

/** How often the worker is asked how far it is. */
const LOOK_MS = 100;

export class FilesImport {
  view = $state.raw<ImportView>({ stage: 'idle' });

  #importer: Importer;
  #lane: () => string | undefined;

  constructor(importer: Importer, lane: () => string | undefined) {
    this.#importer = importer;
    this.#lane = lane;
  }

  get busy(): boolean {
    const { stage } = this.view;
    return stage === 'reading' || stage === 'trying' || stage === 'starting';
  }

  /** The work can be stopped, and leaves everything as it was. */
  get stoppable(): boolean {
    return this.view.stage === 'reading' || this.view.stage === 'trying';
  }

  /** What went wrong, if something did. */
  get problem(): string | null {
    const { view } = this;
    return view.stage === 'failed' ? problemText(filesTexts(), view.problem, view.name) : null;
  }

  /** `ask` puts the question first that replacing data deserves. */
  async start(
    find: () => Promise<BroughtFile[]> | BroughtFile[],
    ask: () => 'ask' | 'load',
  ): Promise<void> {
    if (this.busy) return;
    try {
      const files = await find();
      if (files.length === 0) return;
      const lane = this.#lane();
      const view = await this.#importer({
        do: 'open',
        files,
        ...(lane === undefined ? {} : { lane }),
      });
      if (view.stage === 'asking' && ask() === 'load') return await this.load();
      this.view = view;
    } catch (error) {
      this.#failed(error);
    }
  }

  async load(): Promise<void> {
    this.view = { stage: 'reading', name: '', done: 0, total: 0 };
    const looking = setInterval(() => void this.#look(), LOOK_MS);
    try {
      this.view = await this.#importer({ do: 'take' });
    } catch (error) {
      this.#failed(error);
    } finally {
      clearInterval(looking);
    }
  }

  async stop(): Promise<void> {
    await this.#importer({ do: 'stop' }).catch(() => undefined);
  }

  close(): void {
    this.view = { stage: 'idle' };
    void this.stop();
  }

  async #look(): Promise<void> {
    const view = await this.#importer({ do: 'look' }).catch(() => null);
    // The answer to `take` may have overtaken it.
    if (view !== null && this.busy) this.view = view;
  }

  #failed(error: unknown): void {
    const name = error instanceof Error ? error.message : String(error);
    this.view =
      error instanceof TooManyFiles
        ? { stage: 'failed', problem: 'too-many', name: '' }
        : { stage: 'failed', problem: 'unreadable', name };
  }
}
