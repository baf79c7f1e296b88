/** The page: the model that receives frames, the acts, and the components that show them. */
import { mount } from 'svelte';
import type { LabCalls } from '../worker/link.ts';
import type { Frame, PushedReply, TerminalUpdate } from '../worker/protocol.ts';
import { Acts } from './acts.svelte.ts';
import App from './app.svelte';
import type { ConsoleSession } from './console/console-session.svelte.ts';
import { locale } from './i18n/locale.svelte.ts';
import type { LessonWatch } from './lesson/lesson-watch.ts';
import type { RecordStore } from './log/record-store.ts';
import { PageState } from './page-state.svelte.ts';
import { ReadModel } from './read-model.svelte.ts';
import { theme } from './theme/theme.svelte.ts';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { viewport } from './viewport.svelte.ts';

export class Page {
  readonly state = new PageState();
  readonly model: ReadModel;
  /** The console, whose code comes after the first paint. */
  readonly session: Promise<ConsoleSession>;
  readonly #lab: LabCalls;
  readonly #acts: Acts;
  /** Frames that came before the code that keeps records. */
  #early: Frame[] | null = [];
  #watching = false;
  #lessonWatch: Promise<LessonWatch> | null = null;
  #onconsole: (session: ConsoleSession) => void = () => undefined;

  constructor(lab: LabCalls) {
    this.#lab = lab;
    let Records: typeof RecordStore | null = null;
    this.model = new ReadModel(
      () => !this.state.isFolded('lesson'),
      () => {
        if (Records === null) throw new Error('a frame was shown before its records could be kept');
        return new Records();
      },
    );
    this.#acts = new Acts(this.model, lab, () => (this.state.place === 'race' ? 'all' : 'lane'));
    void import('./log/record-store.ts').then(({ RecordStore }) => {
      Records = RecordStore;
      const early = this.#early ?? [];
      this.#early = null;
      for (const frame of early) this.#show(frame);
    });
    this.session = new Promise((resolve) => (this.#onconsole = resolve));
  }

  /** Shows a frame, as soon as the page can. */
  receive(frame: Frame): void {
    if (this.#early === null) this.#show(frame);
    else this.#early.push(frame);
  }

  #show(frame: Frame): void {
    this.model.receive(frame);
    this.#watch();
    const { lesson } = frame;
    if (lesson !== undefined) void this.#lessons().then((watch) => watch.see(lesson));
  }

  /** What the lessons' first frame fetches. */
  #lessons(): Promise<LessonWatch> {
    this.#lessonWatch ??= import('./lesson/lesson-watch.ts').then(
      ({ LessonWatch: Watch }) => new Watch(this.state),
    );
    return this.#lessonWatch;
  }

  /** Only what is looked at is sent: the lab is told of it, and told again when it has forgotten. */
  #watch(): void {
    const { frame, view } = this.model;
    if (frame === null || view === null || this.#watching) return;
    const race = this.state.place === 'race';
    const lane = frame.watched.lane ?? frame.lanes[0]?.view.id;
    if (lane === view.id && (frame.watched.race ?? false) === race) return;
    this.#watching = true;
    const done = (): void => void (this.#watching = false);
    this.#lab.watch({ lane: view.id, race }).then(done, done);
  }

  /** A message that no command asked for: the console's are printed there. */
  pushed(push: PushedReply): void {
    void this.session.then((consoles) => consoles.receive(push));
  }

  /** What bash prints on the console. */
  terminal(update: TerminalUpdate): void {
    void this.session.then(({ bash }) => bash?.receive(update));
  }

  /** `onrestart`: the learner ends a lab that does not answer. */
  async mount(target: Element, onrestart: () => void): Promise<void> {
    theme.start();
    viewport.start();
    await locale.start();
    const props = {
      model: this.model,
      acts: this.#acts,
      lab: this.#lab,
      page: this.state,
      onlook: () => this.#watch(),
      onrestart,
      startConsole: () => this.#startConsole(),
    };
    mount(App, { target, props });
    this.#openLink();
    const lesson = new URLSearchParams(location.search).get('lesson');
    if (lesson !== null) this.#acts.lesson({ do: 'open', id: lesson });
    window.addEventListener('hashchange', () => this.#openLink());
  }

  /** A run behind the `#` is shown beside the visitor's own lab; the address is then the lab's own again. */
  #openLink(): void {
    if (!location.hash.startsWith('#run=')) return;
    this.#acts.openRun(location.href);
    history.replaceState(null, '', location.pathname + location.search);
  }

  async #startConsole(): Promise<ConsoleSession> {
    const { ConsoleSession } = await import('./console/console-session.svelte.ts');
    const session = new ConsoleSession(this.model, this.#lab);
    this.#onconsole(session);
    return session;
  }
}
