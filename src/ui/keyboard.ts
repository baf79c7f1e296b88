/** The keys of the lab. One table: what acts is also what the sheet of keys shows. */
import type { Dictionary } from './i18n/en.ts';

export type KeyAct =
  | 'next-pane'
  | 'previous-pane'
  | 'step'
  | 'play'
  | 'slower'
  | 'faster'
  | 'power'
  | 'kill'
  | 'boot'
  | 'rewrite'
  | 'faults'
  | 'filter'
  | 'follow'
  | 'hex'
  | 'keys';

/** Pressed anywhere, the terminal included. */
const anywhere: ReadonlyMap<string, KeyAct> = new Map([
  ['F6', 'next-pane'],
  ['Shift+F6', 'previous-pane'],
  ['F8', 'step'],
  ['F9', 'play'],
]);

/** Pressed where no text is typed; they can be switched off (WCAG 2.1.4). */
const letters: ReadonlyMap<string, KeyAct> = new Map([
  [' ', 'play'],
  ['.', 'step'],
  ['<', 'slower'],
  ['>', 'faster'],
  ['p', 'power'],
  ['k', 'kill'],
  ['b', 'boot'],
  ['w', 'rewrite'],
  ['f', 'faults'],
  ['/', 'filter'],
  ['l', 'follow'],
  ['h', 'hex'],
  ['?', 'keys'],
]);

export interface KeyRow {
  readonly keys: readonly string[];
  readonly row: keyof Dictionary['keys']['rows'];
}

export const keyRows: readonly KeyRow[] = [
  { keys: ['F6', 'Shift F6'], row: 'panes' },
  { keys: ['F8'], row: 'step' },
  { keys: ['F9'], row: 'play' },
  { keys: ['Space'], row: 'space' },
  { keys: ['.'], row: 'dot' },
  { keys: ['<', '>'], row: 'speed' },
  { keys: ['P'], row: 'power' },
  { keys: ['K'], row: 'kill' },
  { keys: ['B'], row: 'boot' },
  { keys: ['W'], row: 'rewrite' },
  { keys: ['F'], row: 'faults' },
  { keys: ['/'], row: 'filter' },
  { keys: ['L'], row: 'follow' },
  { keys: ['H'], row: 'hex' },
  { keys: ['?'], row: 'help' },
  { keys: ['Esc'], row: 'escape' },
];

export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly repeat: boolean;
}

/** Where the focus is: on text, on a control that answers Space and letters itself, or elsewhere. */
export type KeyPlace = 'text' | 'control' | 'elsewhere';

/** The act that a key asks for; null if it is not ours here. */
export function keyAct(press: KeyPress, place: KeyPlace, letterKeys: 'on' | 'off'): KeyAct | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  const named = anywhere.get(press.shiftKey ? `Shift+${press.key}` : press.key);
  if (named !== undefined) return named;
  if (letterKeys === 'off' || place === 'text') return null;
  // A button is pressed by Space, and a held key must not cut the power again and again.
  if (press.key === ' ' && place === 'control') return null;
  const act = letters.get(press.key.length === 1 ? press.key.toLowerCase() : press.key);
  if (act === undefined) return null;
  const repeats = act === 'step' || act === 'slower' || act === 'faster';
  return press.repeat && !repeats ? null : act;
}

/** What the focused element does with keys by itself. */
export function keyPlace(element: Element | null): KeyPlace {
  if (element === null) return 'elsewhere';
  if (element.closest('.xterm, [contenteditable], textarea, select') !== null) return 'text';
  if (element instanceof HTMLInputElement) {
    return ['checkbox', 'radio', 'button', 'range'].includes(element.type) ? 'control' : 'text';
  }
  return element.closest('button, a, summary, [role=separator], [role=tab], [role=menu]') === null
    ? 'elsewhere'
    : 'control';
}
