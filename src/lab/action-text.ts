/** Actions as text, in the grammar of scripts: what is written reads back as the same actions. */
import { byteStringOf, bytesOf, utf8Decode, utf8Encode, type ByteString } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import {
  parseScript,
  printScript,
  printScriptLine,
  type ScriptAction,
  type ScriptLine,
} from '../cli/action-script.ts';
import type { ControlAction } from '../cli/control-line.ts';
import { failure, type Parsed } from '../cli/control-values.ts';
import { plainLine } from '../cli/terminal-control.ts';
import { isLabControl, type LabAction, type TimedAction } from './action.ts';

/** Who sends commands at the beginning of a script. */
export const DEFAULT_CLIENT = 'script';

/** To whom the next lines go. */
export interface Addressee {
  readonly lane: string;
  readonly client: string;
}

export function formatActions(actions: readonly TimedAction[], lane: string): string {
  return printScript(scriptOf(actions, { lane, client: DEFAULT_CLIENT }));
}

/** One line for each action, and one for each change of lane or client before it; times in ms. */
export function actionLines(
  actions: readonly TimedAction[],
  first: Addressee,
): { readonly at: number; readonly action: string }[] {
  return scriptOf(actions, first).map(({ at, action }) => ({
    at: at ?? 0,
    action: printScriptLine({ action }),
  }));
}

/** To whom the first `count` actions leave the lines that follow. */
export function addressee(
  actions: readonly TimedAction[],
  count: number,
  first: Addressee,
): Addressee {
  let lane: string | undefined;
  let client: string | undefined;
  for (let i = count - 1; i >= 0 && (lane === undefined || client === undefined); i--) {
    const { action } = actions[i]!;
    if (isLaneAction(action)) lane ??= action.lane;
    if ('client' in action) client ??= action.client;
  }
  return { lane: lane ?? first.lane, client: client ?? first.client };
}

/** The actions of such a text, the first of them in `lane`; or what is wrong in which line. */
export function parseActions(text: string, lane: string): Parsed<readonly TimedAction[]> {
  const script = parseScript(text);
  if (!script.ok) return script;
  const actions: TimedAction[] = [];
  const to = { lane, client: DEFAULT_CLIENT };
  let now = 0;
  for (const [i, line] of script.value.entries()) {
    const where = `action ${i + 1} (${shortened(printScriptLine(line))})`;
    const at = line.at === undefined ? now : Math.round(line.at * 1000);
    if (at < now) return failure(`${where} comes before the one that precedes it`);
    now = at;
    const { action: said } = line;
    if (said.kind === 'control' && said.control.kind === 'lane') to.lane = said.control.lane;
    else if (said.kind === 'control' && said.control.kind === 'client')
      to.client = said.control.client;
    else {
      const action = actionOf(said, to);
      if (typeof action === 'string') return failure(`${where}: ${action}`);
      actions.push({ at, action });
    }
  }
  return { ok: true, value: actions };
}

function scriptOf(actions: readonly TimedAction[], first: Addressee): readonly ScriptLine[] {
  const script: ScriptLine[] = [];
  let { lane, client } = first;
  for (const { at, action } of actions) {
    const say = (said: ScriptAction): void => void script.push({ at: at / 1000, action: said });
    if (isLaneAction(action) && action.lane !== lane)
      say({ kind: 'control', control: { kind: 'lane', lane: (lane = action.lane) } });
    if ('client' in action && action.client !== client)
      say({ kind: 'control', control: { kind: 'client', client: (client = action.client) } });
    say(scriptAction(action));
  }
  return script;
}

/** What goes to the lane that was chosen last; controls name theirs. */
function isLaneAction(
  action: LabAction,
): action is Extract<LabAction, { readonly kind: (typeof laneActions)[number] }> {
  return laneActions.some((kind) => kind === action.kind);
}

const laneActions = ['command', 'interrupt', 'write', 'import', 'shell', 'terminal'] as const;

function scriptAction(action: LabAction): ScriptAction {
  switch (action.kind) {
    case 'command':
      return { kind: 'redis', line: commandLine(action.argv) };
    case 'interrupt':
      return { kind: 'control', control: { kind: 'interrupt' } };
    case 'write':
      return { kind: 'control', control: fileControl(action.path, action.bytes) };
    case 'import':
      return { kind: 'control', control: { kind: 'import', files: action.files } };
    case 'shell': {
      const line = plainLine(action.line);
      return line === undefined
        ? { kind: 'control', control: { kind: 'shell', line: action.line } }
        : { kind: 'shell', line };
    }
    case 'terminal': {
      const { session, act } = action;
      return { kind: 'control', control: { kind: 'terminal', session, act } };
    }
    default:
      return { kind: 'control', control: action };
  }
}

/** A text stays one that can be read; anything else is base64. */
function fileControl(path: string, bytes: Uint8Array): ControlAction {
  const raw = byteStringOf(bytes);
  const text = utf8Decode(raw);
  const isText = utf8Encode(text) === raw && !text.includes('\r') && /(^|\n)$/.test(text);
  return isText ? { kind: 'edit', path, text } : { kind: 'put', path, bytes };
}

const plainWord = /^[\x21\x23-\x26\x28-\x5b\x5d-\x7e]+$/;

/** The words as redis-cli reads them back; the first of them must not look like something else. */
function commandLine(argv: readonly ByteString[]): string {
  return argv
    .map((word, i) =>
      plainWord.test(word) && !(i === 0 && /^[!$#@]/.test(word)) ? word : quoteBytes(word),
    )
    .join(' ');
}

export function actionOf(said: ScriptAction, { lane, client }: Addressee): LabAction | string {
  if (said.kind === 'shell') return { kind: 'shell', lane, line: utf8Encode(said.line) };
  if (said.kind === 'redis') {
    const argv = splitArguments(utf8Encode(said.line));
    if (argv === undefined) return 'unbalanced quotes';
    return argv.length === 0 ? 'no words' : { kind: 'command', lane, client, argv };
  }
  const { control } = said;
  switch (control.kind) {
    case 'interrupt':
      return { kind: 'interrupt', lane, client };
    case 'edit':
      return { kind: 'write', lane, path: control.path, bytes: bytesOf(utf8Encode(control.text)) };
    case 'put':
      return { kind: 'write', lane, path: control.path, bytes: control.bytes };
    case 'import':
      return { kind: 'import', lane, files: control.files };
    case 'shell':
      return { kind: 'shell', lane, line: control.line };
    case 'terminal':
      return { kind: 'terminal', lane, session: control.session, act: control.act };
    default:
      return isLabControl(control) ? control : `!${control.kind} is no part of a run`;
  }
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
