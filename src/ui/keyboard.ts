/** The keys of the lab. What each does is told by the sheet of keys (key-texts.ts). */
export type KeyAct =
  | 'next-pane'
  | 'previous-pane'
  | 'step'
  | 'step-back'
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
  | 'undo'
  | 'redo'
  | 'console'
  | 'keys';

/** Pressed anywhere, the terminal included. */
const anywhere: ReadonlyMap<string, KeyAct> = new Map([
  ['F6', 'next-pane'],
  ['Shift+F6', 'previous-pane'],
  ['F8', 'step'],
  ['Shift+F8', 'step-back'],
  ['F9', 'play'],
]);

/** Pressed where no text is typed; they can be switched off (WCAG 2.1.4). */
const letters: ReadonlyMap<string, KeyAct> = new Map([
  [' ', 'play'],
  ['.', 'step'],
  [',', 'step-back'],
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
  ['z', 'undo'],
  ['c', 'console'],
  ['?', 'keys'],
]);

/** Of the race's time, where there is one to see. */
export type ZoomKeyAct = 'in' | 'out' | 'whole';

const zoomKeys: ReadonlyMap<string, ZoomKeyAct> = new Map([
  ['+', 'in'],
  ['=', 'in'],
  ['-', 'out'],
  ['0', 'whole'],
]);

/** What a key asks of the race's time; null if it asks nothing. */
export function zoomKeyAct(
  { key, ctrlKey, altKey, metaKey }: KeyPress,
  place: KeyPlace,
  letterKeys: 'on' | 'off',
): ZoomKeyAct | null {
  if (ctrlKey || metaKey || altKey || letterKeys === 'off' || place === 'text') return null;
  return zoomKeys.get(key) ?? null;
}

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
  const command = press.ctrlKey || press.metaKey;
  // In a field and in the terminal they are the browser's and the program's own.
  if (command && !press.altKey && press.key.toLowerCase() === 'z' && place !== 'text')
    return press.shiftKey ? 'redo' : 'undo';
  if (command || press.altKey) return null;
  const named = anywhere.get(press.shiftKey ? `Shift+${press.key}` : press.key);
  if (named !== undefined) return named;
  if (letterKeys === 'off' || place === 'text') return null;
  // A button is pressed by Space, and a held key must not cut the power again and again.
  if (press.key === ' ' && place === 'control') return null;
  const plain = letters.get(press.key.length === 1 ? press.key.toLowerCase() : press.key);
  const act = plain === 'undo' && press.shiftKey ? 'redo' : plain;
  if (act === undefined) return null;
  const repeats = act === 'step' || act === 'step-back' || act === 'slower' || act === 'faster';
  return press.repeat && !repeats ? null : act;
}

/** What the focused element does with keys by itself. */
export function keyPlace(element: Element | null): KeyPlace {
  if (element === null) return 'elsewhere';
  if (element.closest('.xterm, [contenteditable], [data-typed], textarea, select') !== null)
    return 'text';
  if (element instanceof HTMLInputElement) {
    return ['checkbox', 'radio', 'button', 'range'].includes(element.type) ? 'control' : 'text';
  }
  return element.closest('button, a, summary, [role=separator], [role=tab], [role=menu]') === null
    ? 'elsewhere'
    : 'control';
}
