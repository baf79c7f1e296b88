import { failure, parseDuration, printDuration } from './control-values.ts';
import type { Parsed } from './control-values.ts';
import { parseControlLine } from './control-line.ts';
import type { ControlAction } from './control-line.ts';
import { printControlLine } from './control-print.ts';

/** One thing that a person or a lesson does: a Redis command, a shell line or a control of the lab. */
export type ScriptAction =
  | { readonly kind: 'redis'; readonly line: string }
  | { readonly kind: 'shell'; readonly line: string }
  | { readonly kind: 'control'; readonly control: ControlAction };

/** An action, and the virtual time since the lab's start at which it happens (milliseconds), when that matters. */
export interface ScriptLine {
  readonly at?: number;
  readonly action: ScriptAction;
}

/**
 * Reads a script of the action grammar, as in solution.txt: one action a line, `@1200ms` before it for its
 * time, `$` before a shell line, `!` before a control, `#` before a remark. Blank lines mean nothing.
 * The error tells the line, counted from 1.
 */
export function parseScript(text: string): Parsed<readonly ScriptLine[]> {
  const lines = text.split(/\r?\n/);
  const script: ScriptLine[] = [];
  for (let i = 0; i < lines.length;) {
    const source = (lines[i] ?? '').trim();
    const first = i;
    i++;
    if (source === '' || source.startsWith('#')) continue;

    const word = heredocWord(source);
    let full = source;
    if (word !== undefined) {
      const end = lines.findIndex((line, at) => at >= i && line.trimEnd() === word);
      if (end === -1) return failure(`line ${first + 1}: the closing ${word} is missing`);
      full = [source, ...lines.slice(i, end + 1)].join('\n');
      i = end + 1;
    }
    const parsed = parseScriptLine(full);
    if (!parsed.ok) return failure(`line ${first + 1}: ${parsed.error}`);
    script.push(parsed.value);
  }
  return { ok: true, value: script };
}

/** Reads one action; the text of an `!edit` follows in the same string. */
export function parseScriptLine(source: string): Parsed<ScriptLine> {
  const timed = /^@(\S+)\s+([^]*)$/.exec(source);
  if (timed === null) {
    if (source.startsWith('@')) return failure(`"${source}" has a time but nothing to do`);
    const action = parseAction(source);
    return action.ok ? { ok: true, value: { action: action.value } } : action;
  }
  const at = parseDuration(timed[1] ?? '');
  if (!at.ok) return at;
  if (at.value < 0) return failure(`${timed[1]} is before the start`);
  const action = parseAction(timed[2] ?? '');
  return action.ok ? { ok: true, value: { at: at.value, action: action.value } } : action;
}

/** The text that parseScript reads back. */
export function printScript(script: readonly ScriptLine[]): string {
  return script.map((line) => `${printScriptLine(line)}\n`).join('');
}

export function printScriptLine({ at, action }: ScriptLine): string {
  return `${at === undefined ? '' : `@${printDuration(at)} `}${printAction(action)}`;
}

function parseAction(source: string): Parsed<ScriptAction> {
  if (source.startsWith('!')) {
    const control = parseControlLine(source);
    return control.ok ? { ok: true, value: { kind: 'control', control: control.action } } : control;
  }
  if (source.startsWith('$')) {
    const line = source.slice(1).trim();
    return line === ''
      ? failure('a shell line is missing after $')
      : { ok: true, value: { kind: 'shell', line } };
  }
  return { ok: true, value: { kind: 'redis', line: source } };
}

function printAction(action: ScriptAction): string {
  if (action.kind === 'control') return printControlLine(action.control);
  return action.kind === 'shell' ? `$ ${action.line}` : action.line;
}

/** The closing word of an `!edit` that opens on this line. */
function heredocWord(source: string): string | undefined {
  return /^(?:@\S+\s+)?!\s*edit\s+.*\S\s+<<\s*(\S+)\s*$/.exec(source)?.[1];
}
