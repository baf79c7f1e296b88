import { nextBoundary, previousBoundary } from './char-width.ts';
import type { Key, KeyName } from './key-decoder.ts';

/** A line that is being typed. Plain data; `press` changes it in place. */
export interface EditorState {
  text: string;
  /** Index into `text`, in UTF-16 units, never within a character. */
  cursor: number;
  /** Oldest first, at most HISTORY_LIMIT lines. */
  history: string[];
  /** Index into `history`; its length while the line is the new one. */
  historyAt: number;
  /** The new line, while an older one is shown. */
  draft: string;
  /** What was last cut, for Ctrl-Y. */
  cut: string;
  completion: Completion | undefined;
  search: Search | undefined;
}

/** Tab goes through `lines` and then back to what was typed, as linenoise does. */
interface Completion {
  readonly lines: readonly string[];
  readonly typed: string;
  /** Index into `lines`; its length stands for what was typed. */
  at: number;
}

/** Ctrl-R: the newest line of the history that contains `query`. */
export interface Search {
  query: string;
  /** Index into the history; undefined when nothing contains the query. */
  found: number | undefined;
  readonly typed: string;
}

/** What a key asks of whoever owns the editor. */
export type Effect =
  | { readonly kind: 'none' | 'repaint' | 'bell' | 'clear' | 'interrupt' | 'end' | 'too-long' }
  | { readonly kind: 'submit'; readonly line: string };

/** linenoise keeps as many (LINENOISE_DEFAULT_HISTORY_MAX_LEN). */
export const HISTORY_LIMIT = 100;

/** A million characters on one line would make every repaint slow; a longer value belongs into a file. */
export const LINE_LIMIT = 1 << 20;

export function newEditor(history: readonly string[] = []): EditorState {
  const kept = history.slice(-HISTORY_LIMIT);
  return {
    text: '',
    cursor: 0,
    history: kept,
    historyAt: kept.length,
    draft: '',
    cut: '',
    completion: undefined,
    search: undefined,
  };
}

/** Applies one key. `complete` gives the lines that Tab offers for a line. */
export function press(
  editor: EditorState,
  key: Key,
  complete: (line: string) => readonly string[],
): Effect {
  if (editor.search !== undefined) {
    const effect = pressInSearch(editor, editor.search, key);
    if (effect !== undefined) return effect;
    editor.search = undefined;
    const last = press(editor, key, complete);
    // The line of the search is still on the screen, also when the key changed nothing.
    return last.kind === 'none' ? { kind: 'repaint' } : last;
  }
  if (key.kind === 'key' && (key.name === 'tab' || key.name === 'shift-tab')) {
    return completeLine(editor, key.name === 'tab' ? 'forward' : 'back', complete);
  }
  const completing = editor.completion !== undefined;
  if (key.kind === 'key' && key.name === 'escape' && completing) return showTyped(editor);
  editor.completion = undefined;
  if (key.kind === 'text') return insert(editor, key.text);
  return pressKey(editor, key.name);
}

/** Adds a line to the history, unless it is the same as the last; the editor is then at a new line. */
export function remember(editor: EditorState, line: string): void {
  if (line !== '' && editor.history.at(-1) !== line) editor.history.push(line);
  if (editor.history.length > HISTORY_LIMIT)
    editor.history.splice(0, editor.history.length - HISTORY_LIMIT);
  editor.historyAt = editor.history.length;
  editor.draft = '';
}

/** Replaces the line, as a click on a suggestion does. */
export function setLine(editor: EditorState, text: string): void {
  editor.text = text;
  editor.cursor = text.length;
  editor.completion = undefined;
  editor.search = undefined;
}

function pressKey(editor: EditorState, name: KeyName): Effect {
  const { text, cursor } = editor;
  switch (name) {
    case 'enter':
      return submit(editor);
    case 'interrupt':
      setLine(editor, '');
      editor.historyAt = editor.history.length;
      return { kind: 'interrupt' };
    case 'end-of-input':
      return text === ''
        ? { kind: 'end' }
        : remove(editor, cursor, nextBoundary(text, cursor), 'gone');
    case 'clear':
      return { kind: 'clear' };
    case 'left':
      return move(editor, previousBoundary(text, cursor));
    case 'right':
      return move(editor, nextBoundary(text, cursor));
    case 'home':
      return move(editor, 0);
    case 'end':
      return move(editor, text.length);
    case 'word-left':
      return move(editor, wordStart(text, cursor));
    case 'word-right':
      return move(editor, wordEnd(text, cursor));
    case 'backspace':
      return remove(editor, previousBoundary(text, cursor), cursor, 'gone');
    case 'delete':
      return remove(editor, cursor, nextBoundary(text, cursor), 'gone');
    case 'delete-word':
      return remove(editor, cursor, wordEnd(text, cursor), 'cut');
    case 'delete-word-left':
      return remove(editor, wordStart(text, cursor), cursor, 'cut');
    case 'rub-out-word':
      return remove(editor, blankDelimitedStart(text, cursor), cursor, 'cut');
    case 'delete-to-end':
      return remove(editor, cursor, text.length, 'cut');
    case 'delete-to-start':
      return remove(editor, 0, cursor, 'cut');
    case 'yank':
      return editor.cut === '' ? { kind: 'none' } : insert(editor, editor.cut);
    case 'transpose':
      return transpose(editor);
    case 'up':
      return recall(editor, editor.historyAt - 1);
    case 'down':
      return recall(editor, editor.historyAt + 1);
    case 'search':
      editor.search = { query: '', found: undefined, typed: text };
      return { kind: 'repaint' };
    case 'escape':
    case 'tab':
    case 'shift-tab':
      return { kind: 'none' };
  }
}

function submit(editor: EditorState): Effect {
  const line = editor.text;
  setLine(editor, '');
  editor.historyAt = editor.history.length;
  editor.draft = '';
  return { kind: 'submit', line };
}

function insert(editor: EditorState, text: string): Effect {
  if (editor.text.length + text.length > LINE_LIMIT) return { kind: 'too-long' };
  editor.text = editor.text.slice(0, editor.cursor) + text + editor.text.slice(editor.cursor);
  editor.cursor += text.length;
  return { kind: 'repaint' };
}

function move(editor: EditorState, cursor: number): Effect {
  if (cursor === editor.cursor) return { kind: 'none' };
  editor.cursor = cursor;
  return { kind: 'repaint' };
}

function remove(editor: EditorState, start: number, end: number, kept: 'cut' | 'gone'): Effect {
  if (start === end) return { kind: 'none' };
  if (kept === 'cut') editor.cut = editor.text.slice(start, end);
  editor.text = editor.text.slice(0, start) + editor.text.slice(end);
  editor.cursor = start;
  return { kind: 'repaint' };
}

/** Swaps the characters on both sides of the cursor and goes on; at the end, the last two. */
function transpose(editor: EditorState): Effect {
  const { text } = editor;
  const middle =
    editor.cursor === text.length ? previousBoundary(text, text.length) : editor.cursor;
  const start = previousBoundary(text, middle);
  const end = nextBoundary(text, middle);
  if (start === middle || middle === end) return { kind: 'none' };
  editor.text =
    text.slice(0, start) + text.slice(middle, end) + text.slice(start, middle) + text.slice(end);
  editor.cursor = end;
  return { kind: 'repaint' };
}

function recall(editor: EditorState, at: number): Effect {
  if (at < 0 || at > editor.history.length) return { kind: 'none' };
  if (editor.historyAt === editor.history.length) editor.draft = editor.text;
  editor.historyAt = at;
  setLine(editor, editor.history[at] ?? editor.draft);
  return { kind: 'repaint' };
}

function completeLine(
  editor: EditorState,
  direction: 'forward' | 'back',
  complete: (line: string) => readonly string[],
): Effect {
  const completion = editor.completion ?? {
    lines: complete(editor.text),
    typed: editor.text,
    at: -1,
  };
  if (completion.lines.length === 0) return { kind: 'bell' };
  const stops = completion.lines.length + 1;
  if (completion.at === -1)
    completion.at = direction === 'forward' ? 0 : completion.lines.length - 1;
  else completion.at = (completion.at + (direction === 'forward' ? 1 : stops - 1)) % stops;
  setLine(editor, completion.lines[completion.at] ?? completion.typed);
  editor.completion = completion;
  return { kind: 'repaint' };
}

function showTyped(editor: EditorState): Effect {
  setLine(editor, editor.completion?.typed ?? editor.text);
  return { kind: 'repaint' };
}

/** Undefined when the search has ended and the key is still to be applied to the line that was found. */
function pressInSearch(editor: EditorState, search: Search, key: Key): Effect | undefined {
  if (key.kind === 'text')
    return find(editor, search, search.query + key.text, editor.history.length - 1);
  switch (key.name) {
    case 'search':
      return find(editor, search, search.query, (search.found ?? 0) - 1);
    case 'backspace': {
      const shorter = search.query.slice(0, previousBoundary(search.query, search.query.length));
      return find(editor, search, shorter, editor.history.length - 1);
    }
    case 'interrupt':
    case 'escape':
      setLine(editor, search.typed);
      return { kind: 'repaint' };
    case 'tab':
      editor.search = undefined;
      return { kind: 'repaint' };
    default:
      return undefined;
  }
}

/** Looks for a query from line `from` backwards. What was found before stays when there is nothing further. */
function find(editor: EditorState, search: Search, query: string, from: number): Effect {
  const goesOn = query === search.query;
  search.query = query;
  if (query === '') {
    search.found = undefined;
    editor.text = search.typed;
    editor.cursor = search.typed.length;
    return { kind: 'repaint' };
  }
  for (let i = from; i >= 0; i--) {
    const line = editor.history[i] ?? '';
    const at = line.indexOf(query);
    // The same line twice would look as if the key had done nothing.
    if (at === -1 || (goesOn && line === editor.text)) continue;
    search.found = i;
    editor.historyAt = i;
    editor.text = line;
    editor.cursor = at;
    return { kind: 'repaint' };
  }
  if (goesOn) return { kind: 'bell' };
  search.found = undefined;
  return { kind: 'repaint' };
}

/** Letters, digits and the underscore make a word, as in readline's Alt-B and Alt-F. */
function wordStart(text: string, cursor: number): number {
  const before = text.slice(0, cursor);
  return /[\p{L}\p{N}_]+[^\p{L}\p{N}_]*$/u.exec(before)?.index ?? 0;
}

function wordEnd(text: string, cursor: number): number {
  const match = /^[^\p{L}\p{N}_]*[\p{L}\p{N}_]+/u.exec(text.slice(cursor));
  return match === null ? text.length : cursor + match[0].length;
}

/** Ctrl-W takes what stands between blanks. */
function blankDelimitedStart(text: string, cursor: number): number {
  return /\S+\s*$/.exec(text.slice(0, cursor))?.index ?? 0;
}
