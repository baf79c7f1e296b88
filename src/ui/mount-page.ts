/** Puts the page into an element: the model that receives frames, the acts, and the components that show them. */
import { mount } from 'svelte';
import { Acts } from './acts.svelte.ts';
import App from './app.svelte';
import type { ConsoleSession } from './console/console-session.svelte.ts';
import { locale } from './i18n/locale.svelte.ts';
import type { LabCalls } from '../worker/link.ts';
import { PageState } from './page-state.svelte.ts';
import { ReadModel } from './read-model.svelte.ts';
import { theme } from './theme/theme.svelte.ts';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { viewport } from './viewport.svelte.ts';

export interface Page {
  readonly model: ReadModel;
  readonly state: PageState;
  /** The console, whose code comes after the first paint. */
  readonly session: Promise<ConsoleSession>;
}

export function mountPage(target: Element, lab: LabCalls, onrestart: () => void): Page {
  locale.start();
  theme.start();
  viewport.start();
  const state = new PageState();
  const model = new ReadModel(() => !state.isFolded('lesson'));
  const acts = new Acts(model, lab);
  const session = new Promise<ConsoleSession>((resolve) => {
    const props = { model, acts, lab, page: state, onrestart, startConsole, onconsole: resolve };
    mount(App, { target, props });
  });
  async function startConsole(): Promise<ConsoleSession> {
    const { ConsoleSession } = await import('./console/console-session.svelte.ts');
    return new ConsoleSession(model, lab);
  }
  return { model, state, session };
}
