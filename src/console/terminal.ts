import type { FitAddon } from '@xterm/addon-fit';
import type { ITerminalOptions, Terminal as Xterm } from '@xterm/xterm';
import { themeOf } from './terminal-theme.ts';

const FONT = '"IBM Plex Mono", ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", monospace';
const FONT_SIZE_PX = 13.5;
const ROW_HEIGHT_PX = 21;
/** A tab in the background gets no frames; its output is written all the same, so that nothing piles up. */
const HIDDEN_FLUSH_MS = 250;

export interface TerminalOptions {
  /** What assistive technology calls the terminal; it has to say that F6 leaves it, since Tab completes. */
  readonly label: string;
  /** Keys, as a terminal sends them. */
  readonly onData: (data: string) => void;
  /** The size that the page has given to the terminal, in characters. */
  readonly onResize: (columns: number, rows: number) => void;
  /** F6 and Shift F6. */
  readonly onLeave?: (direction: 'next' | 'previous') => void;
  readonly scrollback?: number;
}

/** A terminal on the page. */
export interface Terminal {
  /** Written with the next frame, together with whatever else comes until then. */
  readonly write: (ansi: string) => void;
  readonly focus: () => void;
  /** Reads the page's colours again, after its theme or the terminal's ground has changed. */
  readonly setTheme: () => void;
  readonly setLabel: (label: string) => void;
  /** Forgets what is on the screen and above it. */
  readonly reset: () => void;
  /** All rows as text, those above the screen too, without blanks and empty rows at their ends. For tests. */
  readonly readScreen: () => string;
  /** Resolves when everything that was written so far is on the screen. */
  readonly settled: () => Promise<void>;
  readonly dispose: () => void;
}

/**
 * Puts a terminal into an element that has a size. xterm is fetched on the first call. Only its DOM renderer is
 * used; it styles itself by style elements and by properties of elements, which the page's policy allows.
 */
export async function mountTerminal(
  element: HTMLElement,
  options: TerminalOptions,
): Promise<Terminal> {
  const [{ Terminal: Xterm }, { FitAddon }, { Unicode11Addon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/addon-unicode11'),
    import('@xterm/xterm/css/xterm.css'),
    import('./terminal.css'),
    loadFont(),
  ]);
  const xterm = new Xterm({
    ...BASE_OPTIONS,
    theme: themeOf(element),
    scrollback: options.scrollback ?? 5_000,
  });
  const fit = new FitAddon();
  xterm.loadAddon(fit);
  xterm.loadAddon(new Unicode11Addon());
  xterm.unicode.activeVersion = '11';
  xterm.open(element);
  setRowHeight(xterm);
  const setLabel = (label: string): void => xterm.textarea?.setAttribute('aria-label', label);
  setLabel(options.label);
  // Pastes are marked, so that what they hold is text and never a key.
  xterm.write('\x1b[?2004h');

  xterm.attachCustomKeyEventHandler((event) => leavesToPage(event, xterm, options));
  xterm.onData(options.onData);
  const stopInsertions = takeInsertions(xterm.textarea, options.onData);
  xterm.onResize(({ cols, rows }) => options.onResize(cols, rows));
  const stopFitting = keepFitting(element, fit);
  options.onResize(xterm.cols, xterm.rows);

  const output = coalesce((text) => xterm.write(text));
  return {
    write: output.write,
    focus: () => xterm.focus(),
    setTheme: () => {
      xterm.options.theme = themeOf(element);
    },
    setLabel,
    reset: () => {
      output.flush();
      xterm.reset();
      xterm.write('\x1b[?2004h');
    },
    readScreen: () => readScreen(xterm),
    settled: () => {
      output.flush();
      return new Promise((resolve) => xterm.write('', resolve));
    },
    dispose: () => {
      stopInsertions();
      stopFitting();
      output.stop();
      xterm.dispose();
    },
  };
}

const BASE_OPTIONS: ITerminalOptions = {
  allowProposedApi: true, // the widths of Unicode 11
  cursorBlink: false,
  cursorStyle: 'block',
  cursorInactiveStyle: 'outline',
  drawBoldTextInBrightColors: false,
  fontFamily: FONT,
  fontSize: FONT_SIZE_PX,
  fontWeight: 400,
  fontWeightBold: 600,
  macOptionIsMeta: true,
  screenReaderMode: true,
};

/** Both weights are measured when the terminal opens. Without them the fallback is measured and used. */
async function loadFont(): Promise<void> {
  const faces = [400, 600].map((weight) =>
    document.fonts.load(`${weight} ${FONT_SIZE_PX}px "IBM Plex Mono"`),
  );
  await Promise.allSettled(faces);
}

/** xterm takes a factor of the font's own height, which differs from font to font. */
function setRowHeight(xterm: Xterm): void {
  const screen = xterm.element?.querySelector<HTMLElement>('.xterm-screen');
  const height = (screen?.offsetHeight ?? 0) / xterm.rows;
  if (height > 0) xterm.options.lineHeight = Math.max(ROW_HEIGHT_PX / height, 1);
}

/** False for keys that are the page's and the browser's: panes, time, copying and pasting. */
function leavesToPage(event: KeyboardEvent, xterm: Xterm, options: TerminalOptions): boolean {
  if (event.key === 'F6') {
    if (event.type === 'keydown') options.onLeave?.(event.shiftKey ? 'previous' : 'next');
    return false;
  }
  if (event.key === 'F8' || event.key === 'F9') return false;
  const command = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (command && event.key.toLowerCase() === 'v') return false;
  return !(command && event.key.toLowerCase() === 'c' && xterm.hasSelection());
}

/**
 * An emoji picker, or dictation, puts text in without a key. In the mode for screen readers xterm leaves such text
 * alone, because it cannot tell it from the text of a key that it has sent already.
 */
function takeInsertions(
  textarea: HTMLTextAreaElement | undefined,
  onData: (data: string) => void,
): () => void {
  if (textarea === undefined) return () => undefined;
  const stop = new AbortController();
  const { signal } = stop;
  let keyDown = false;
  textarea.addEventListener('keydown', () => (keyDown = true), { signal, capture: true });
  for (const end of ['keyup', 'blur'] as const)
    textarea.addEventListener(end, () => (keyDown = false), { signal, capture: true });
  textarea.addEventListener(
    'input',
    (event) => {
      if (!(event instanceof InputEvent) || event.inputType !== 'insertText') return;
      if (!keyDown && !event.isComposing && event.data) onData(event.data);
    },
    { signal },
  );
  return () => stop.abort();
}

/** Keeps the number of columns and rows to the element's size, once a frame at most. */
function keepFitting(element: HTMLElement, fit: FitAddon): () => void {
  let frame = 0;
  const fitNow = (): void => {
    frame = 0;
    if (element.clientWidth > 0 && element.clientHeight > 0) fit.fit();
  };
  const observer = new ResizeObserver(() => {
    if (frame === 0) frame = requestAnimationFrame(fitNow);
  });
  observer.observe(element);
  fitNow();
  return () => {
    observer.disconnect();
    cancelAnimationFrame(frame);
  };
}

interface Output {
  readonly write: (text: string) => void;
  readonly flush: () => void;
  readonly stop: () => void;
}

/** One write a frame: many small ones cost xterm forty times as much. */
function coalesce(write: (text: string) => void): Output {
  let pieces: string[] = [];
  let frame = 0;
  let timer = 0;
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    timer = 0;
  };
  const flush = (): void => {
    cancel();
    if (pieces.length === 0) return;
    const text = pieces.join('');
    pieces = [];
    write(text);
  };
  return {
    write: (text) => {
      pieces.push(text);
      if (frame !== 0) return;
      frame = requestAnimationFrame(flush);
      timer = window.setTimeout(flush, HIDDEN_FLUSH_MS);
    },
    flush,
    stop: () => {
      cancel();
      pieces = [];
    },
  };
}

function readScreen(xterm: Xterm): string {
  const buffer = xterm.buffer.active;
  const rows: string[] = [];
  for (let i = 0; i < buffer.length; i++)
    rows.push(buffer.getLine(i)?.translateToString().trimEnd() ?? '');
  return rows.join('\n').replace(/\n+$/, '');
}
