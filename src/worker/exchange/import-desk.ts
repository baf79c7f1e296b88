/** One import at a time: looked at, agreed to, read, tried out, loaded. It can be stopped until the machine has it. */
import { planBrought, readBrought, type Source } from './brought-files.ts';
import type { BroughtFile, ImportRequest, ImportView } from './import-view.ts';
import { ZipError } from './read-zip.ts';

export interface LoadOptions {
  /** The lane; the first if none is named. */
  readonly lane: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: (view: Extract<ImportView, { readonly stage: 'trying' | 'starting' }>) => void;
}

/** Gives the machine these files. Rejects with the server's reason, or with ZipError `stopped`; nothing has changed then. */
export type Load = (
  files: ReadonlyMap<string, Uint8Array>,
  options: LoadOptions,
) => Promise<{ readonly keys: number; readonly commands: number }>;

export class ImportDesk {
  private readonly load: Load;
  private view: ImportView = { stage: 'idle' };
  private lane: string | undefined;
  private plan: ReadonlyMap<string, Source> | null = null;
  private stopping = new AbortController();

  constructor(load: Load) {
    this.load = load;
  }

  async answer(request: ImportRequest): Promise<ImportView> {
    switch (request.do) {
      case 'open':
        this.lane = request.lane;
        return this.open(request.files);
      case 'take':
        return this.take();
      case 'look':
        return this.view;
      case 'stop':
        return this.stop();
    }
  }

  private async open(files: readonly BroughtFile[]): Promise<ImportView> {
    if (this.isBusy) return this.view;
    this.plan = null;
    try {
      const plan = await planBrought(files);
      if (!plan.ok) return this.failed(plan.problem, plan.names.slice(0, 3).join(', '));
      this.plan = plan.files;
      const asked = [...plan.files].map(([name, { size }]) => ({ name, size }));
      return (this.view = { stage: 'asking', files: asked });
    } catch (error) {
      return this.failedWith(error);
    }
  }

  private async take(): Promise<ImportView> {
    const { plan, lane } = this;
    if (plan === null || this.isBusy) return this.view;
    this.plan = null;
    this.stopping = new AbortController();
    const { signal } = this.stopping;
    this.view = { stage: 'reading', name: '', done: 0, total: 0 };
    try {
      const files = await readBrought(plan, {
        signal,
        progress: (name, done, total) => {
          this.view = { stage: 'reading', name, done, total };
        },
      });
      const progress: LoadOptions['progress'] = (view) => (this.view = view);
      const loaded = await this.load(files, { lane, signal, progress });
      return (this.view = { stage: 'done', ...loaded });
    } catch (error) {
      return this.failedWith(error);
    }
  }

  private stop(): ImportView {
    this.plan = null;
    if (this.view.stage === 'reading' || this.view.stage === 'trying') this.stopping.abort();
    else if (!this.isBusy) this.view = { stage: 'idle' };
    return this.view;
  }

  private get isBusy(): boolean {
    const { stage } = this.view;
    return stage === 'reading' || stage === 'trying' || stage === 'starting';
  }

  private failedWith(error: unknown): ImportView {
    if (error instanceof ZipError) return this.failed(error.problem, error.entry);
    const reason = error instanceof Error ? error.message : String(error);
    const isReading = this.view.stage === 'reading' || !this.isBusy;
    return this.failed(isReading ? 'unreadable' : 'refused', reason);
  }

  private failed(
    problem: Extract<ImportView, { stage: 'failed' }>['problem'],
    name: string,
  ): ImportView {
    return (this.view = { stage: 'failed', problem, name });
  }
}
