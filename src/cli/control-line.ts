import { fromBase64 } from '../base/base64.ts';
import { utf8Decode, utf8Encode } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import {
  failure,
  parseByteCount,
  parseCount,
  parseDuration,
  parsePositiveNumber,
} from './control-values.ts';
import type { Parsed } from './control-values.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import type { FaultValue } from './fault-kinds.ts';
import {
  parseShell,
  parseTerminal,
  TERMINAL_USAGE,
  type ShellControl,
  type TerminalControl,
} from './terminal-control.ts';
import { parseWorkload } from './workload-spec.ts';
import type { WorkloadSpec } from './workload-spec.ts';

/** What becomes of the bytes that no fsync had covered when the power goes. */
export type TornTail =
  'lost' | 'kept' | 'zero-filled' | 'holes' | 'reordered' | { readonly cutAt: number };

/** A planned fault, in the shape that the scripting door's `plan` takes. Times are milliseconds of virtual time. */
export interface Fault {
  readonly kind: string;
  readonly lane?: string;
  readonly path?: string;
  readonly at?: number;
  readonly until?: number;
  /** Milliseconds, bytes or a count, by the kind; or the name of an errno. */
  readonly value?: number | string;
}

/** What the lab, not Redis, is told to do. `lane` absent: every lane. Durations are milliseconds. */
export type ControlAction =
  | { readonly kind: 'lane'; readonly lane: string }
  | { readonly kind: 'client'; readonly client: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'play'; readonly speed?: number }
  /** How fast time passes when it passes. */
  | { readonly kind: 'speed'; readonly speed: number }
  | { readonly kind: 'advance'; readonly duration: number }
  | { readonly kind: 'step'; readonly unit: StepUnit }
  | { readonly kind: 'kill'; readonly lane?: string }
  | { readonly kind: 'power'; readonly tail: TornTail; readonly lane?: string }
  | { readonly kind: 'boot'; readonly lane?: string }
  /** What the next power cut makes of unsynced bytes, unless it says so itself. */
  | { readonly kind: 'tail'; readonly tail: TornTail }
  /** The client gives up waiting: its connection is closed. */
  | { readonly kind: 'interrupt' }
  | {
      readonly kind: 'signal';
      readonly signal: SignalName;
      readonly lane?: string;
      /** The server's child, which rewrites or saves; otherwise the server itself. */
      readonly to?: 'child';
    }
  | { readonly kind: 'fault'; readonly fault: Fault }
  | { readonly kind: 'heal' }
  | { readonly kind: 'workload'; readonly workload: WorkloadSpec | null }
  | { readonly kind: 'predict'; readonly question: string; readonly answer: string }
  | { readonly kind: 'edit'; readonly path: string; readonly text: string }
  /** The same for a file that is no text. */
  | { readonly kind: 'put'; readonly path: string; readonly bytes: Uint8Array }
  /** Replaces /data by these files, and boots from them. */
  | { readonly kind: 'import'; readonly files: readonly NamedBytes[] }
  | TerminalControl
  | ShellControl;

export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type StepUnit = 'command' | 'tick' | 'fsync';
export type SignalName = (typeof SIGNALS)[number];

export type ParsedControl =
  | { readonly ok: true; readonly action: ControlAction }
  | { readonly ok: false; readonly error: string };

export const SIGNALS = ['TERM', 'INT', 'KILL', 'USR1', 'STOP', 'CONT', 'HUP'] as const;
export const STEP_UNITS: readonly StepUnit[] = ['command', 'tick', 'fsync'];
export const TAILS = ['lost', 'kept', 'zero-filled', 'holes', 'reordered'] as const;
const SLOWEST_SPEED = 0.001;
const FASTEST_SPEED = 100;

/**
 * Reads one control line, `!kill` and so on; for `!edit PATH <<END` the lines of the text and the closing
 * word follow in the same string. The error says what is wrong, where, and what can be written.
 */
export function parseControlLine(line: string): ParsedControl {
  const text = line.trim();
  if (!text.startsWith('!')) return failure(`"${text}" is no control line: those begin with !`);
  const name = /^!\s*([^\s{]*)/.exec(text)?.[1] ?? '';
  const rest = text.slice(text.indexOf(name, 1) + name.length).trim();
  const command = COMMANDS.get(name);
  if (command === undefined) return failure(unknownControl(name));
  const parsed = command.parse(rest);
  if (!parsed.ok) return failure(`!${name}: ${parsed.error}. Usage: ${command.usage}`);
  return { ok: true, action: parsed.value };
}

/** How each control line is written, for hints, Tab and the page's help. */
export function controlUsages(): readonly { readonly name: string; readonly usage: string }[] {
  return [...COMMANDS].map(([name, { usage }]) => ({ name: `!${name}`, usage }));
}

interface ControlCommand {
  readonly usage: string;
  readonly parse: (rest: string) => Parsed<ControlAction>;
}

const COMMANDS: ReadonlyMap<string, ControlCommand> = new Map<string, ControlCommand>([
  [
    'lane',
    { usage: '!lane NAME', parse: (rest) => oneName(rest, (lane) => ({ kind: 'lane', lane })) },
  ],
  [
    'client',
    {
      usage: '!client NAME',
      parse: (rest) => oneName(rest, (client) => ({ kind: 'client', client })),
    },
  ],
  ['pause', { usage: '!pause', parse: (rest) => nothing(rest, { kind: 'pause' }) }],
  ['play', { usage: '!play [SPEED], as in !play 0.1', parse: parsePlay }],
  ['speed', { usage: '!speed SPEED, as in !speed 0.1', parse: parseSpeed }],
  ['advance', { usage: '!advance DURATION, as in !advance 900ms', parse: parseAdvance }],
  ['step', { usage: '!step [command|tick|fsync]', parse: parseStep }],
  [
    'kill',
    {
      usage: '!kill [lane=NAME]',
      parse: (rest) => onlyLane(rest, (lane) => ({ kind: 'kill', ...lane })),
    },
  ],
  ['power', { usage: `!power [tail=${TAILS.join('|')}|cut@BYTES] [lane=NAME]`, parse: parsePower }],
  [
    'boot',
    {
      usage: '!boot [lane=NAME]',
      parse: (rest) => onlyLane(rest, (lane) => ({ kind: 'boot', ...lane })),
    },
  ],
  [
    'tail',
    {
      usage: `!tail ${TAILS.join('|')}|cut@BYTES`,
      parse: (rest) => {
        const tail = parseTail(rest);
        return tail.ok ? { ok: true, value: { kind: 'tail', tail: tail.value } } : tail;
      },
    },
  ],
  ['interrupt', { usage: '!interrupt', parse: (rest) => nothing(rest, { kind: 'interrupt' }) }],
  ['signal', { usage: `!signal ${SIGNALS.join('|')} [to=child] [lane=NAME]`, parse: parseSignal }],
  [
    'fault',
    {
      usage:
        '!fault KIND [VALUE] [lane=NAME] [path=PATH] [at=TIME] [until=TIME], as in !fault fsync-time 1800ms',
      parse: parseFault,
    },
  ],
  ['heal', { usage: '!heal', parse: (rest) => nothing(rest, { kind: 'heal' }) }],
  [
    'workload',
    {
      usage: '!workload {rate: 200/s, mix: ["SET k:{n} {n}"]}, or !workload off',
      parse: parseWorkloadLine,
    },
  ],
  ['predict', { usage: '!predict QUESTION ANSWER, as in !predict q1 37', parse: parsePredict }],
  ['edit', { usage: '!edit PATH <<END, then the lines of the text, then END', parse: parseEdit }],
  ['put', { usage: '!put PATH BASE64', parse: parsePut }],
  ['import', { usage: '!import NAME BASE64 [NAME BASE64 …]', parse: parseImport }],
  ['terminal', { usage: TERMINAL_USAGE, parse: parseTerminal }],
  ['shell', { usage: '!shell "LINE"', parse: parseShell }],
]);

function unknownControl(name: string): string {
  const known = [...COMMANDS.keys()].map((each) => `!${each}`).join(' ');
  return name === ''
    ? `A control line needs a name after !: ${known}`
    : `Unknown control "!${name}". Known are ${known}`;
}

/** The words of a line, apart from its `name=value` options. */
interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

function readArguments(rest: string, allowed: readonly string[]): Parsed<Arguments> {
  const words: string[] = [];
  const options = new Map<string, string>();
  const split = wordsOf(rest);
  if (split === undefined) return failure('a quote is not closed');
  for (const word of split) {
    const equals = word.indexOf('=');
    const key = word.slice(0, Math.max(equals, 0));
    if (equals <= 0) words.push(word);
    else if (!allowed.includes(key)) return failure(`it has no "${key}="`);
    else if (options.has(key)) return failure(`"${key}=" stands twice`);
    else if (equals === word.length - 1) return failure(`"${key}=" needs a value`);
    else options.set(key, word.slice(equals + 1));
  }
  return { ok: true, value: { words, options } };
}

/** Blanks part words, except in quotes; undefined if a quote stays open. */
function wordsOf(text: string): readonly string[] | undefined {
  return splitArguments(utf8Encode(text))?.map(utf8Decode);
}

function nothing(rest: string, action: ControlAction): Parsed<ControlAction> {
  return rest === '' ? { ok: true, value: action } : failure(`"${rest}" is not wanted here`);
}

function oneName(rest: string, action: (name: string) => ControlAction): Parsed<ControlAction> {
  const [name, surplus] = wordsOf(rest) ?? [];
  if (rest === '') return failure('a name is missing');
  if (name === undefined || surplus !== undefined || /^[^"']*=/.test(rest))
    return failure(`"${rest}" is not one name`);
  return { ok: true, value: action(name) };
}

function onlyLane(
  rest: string,
  action: (lane: { readonly lane?: string }) => ControlAction,
): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane']);
  if (!parsed.ok) return parsed;
  const [surplus] = parsed.value.words;
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  return { ok: true, value: action(laneOf(parsed.value)) };
}

function laneOf({ options }: Arguments): { readonly lane?: string } {
  const lane = options.get('lane');
  return lane === undefined ? {} : { lane };
}

function parsePlay(rest: string): Parsed<ControlAction> {
  if (rest === '') return { ok: true, value: { kind: 'play' } };
  const speed = speedOf(rest);
  return speed.ok ? { ok: true, value: { kind: 'play', speed: speed.value } } : speed;
}

function parseSpeed(rest: string): Parsed<ControlAction> {
  const speed = speedOf(rest);
  return speed.ok ? { ok: true, value: { kind: 'speed', speed: speed.value } } : speed;
}

function speedOf(rest: string): Parsed<number> {
  const [, above, below = '1'] = /^([^/]+)(?:\/([^/]+))?$/.exec(rest) ?? [];
  const numerator = parsePositiveNumber(above ?? '');
  const denominator = parsePositiveNumber(below);
  if (!numerator.ok || !denominator.ok) return failure(`"${rest}" is not a speed`);
  const speed = numerator.value / denominator.value;
  if (speed < SLOWEST_SPEED || speed > FASTEST_SPEED)
    return failure(`${rest} is outside of 1/1000 to 100`);
  return { ok: true, value: speed };
}

function parseAdvance(rest: string): Parsed<ControlAction> {
  const duration = parseDuration(rest);
  if (!duration.ok) return duration;
  if (duration.value < 0) return failure('time only goes forward; to go back, use the timeline');
  return { ok: true, value: { kind: 'advance', duration: duration.value } };
}

function parseStep(rest: string): Parsed<ControlAction> {
  const unit = rest === '' ? 'command' : STEP_UNITS.find((each) => each === rest);
  return unit === undefined
    ? failure(`"${rest}" is no step`)
    : { ok: true, value: { kind: 'step', unit } };
}

function parsePower(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane', 'tail']);
  if (!parsed.ok) return parsed;
  const [surplus] = parsed.value.words;
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  const tail = parseTail(parsed.value.options.get('tail') ?? 'lost');
  if (!tail.ok) return tail;
  return { ok: true, value: { kind: 'power', tail: tail.value, ...laneOf(parsed.value) } };
}

function parseTail(text: string): Parsed<TornTail> {
  const named = TAILS.find((each) => each === text);
  if (named !== undefined) return { ok: true, value: named };
  if (!text.startsWith('cut@')) return failure(`"${text}" is no kind of tail`);
  const cutAt = parseCount(text.slice('cut@'.length));
  return cutAt.ok ? { ok: true, value: { cutAt: cutAt.value } } : cutAt;
}

function parseSignal(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane', 'to']);
  if (!parsed.ok) return parsed;
  const [name = '', surplus] = parsed.value.words;
  const signal = signalNamed(name);
  if (signal === undefined)
    return failure(name === '' ? 'a signal is missing' : `"${name}" is no signal`);
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  const to = parsed.value.options.get('to');
  if (to !== undefined && to !== 'child') return failure(`"${to}" cannot be signalled`);
  const value = { kind: 'signal', signal, ...laneOf(parsed.value) } as const;
  return { ok: true, value: to === undefined ? value : { ...value, to } };
}

/** `TERM`, `SIGTERM` and `sigterm` are one; undefined if there is no such signal. */
export function signalNamed(name: string): SignalName | undefined {
  const bare = name.toUpperCase().replace(/^SIG/, '');
  return SIGNALS.find((each) => each === bare);
}

function parseFault(rest: string): Parsed<ControlAction> {
  const parsed = readArguments(rest, ['lane', 'path', 'at', 'until']);
  if (!parsed.ok) return parsed;
  const { words, options } = parsed.value;
  const [kind = '', value, surplus] = words;
  const wanted = FAULT_KINDS.get(kind);
  if (wanted === undefined) {
    return failure(
      `${kind === '' ? 'a kind is missing' : `"${kind}" is no fault`}; known are ${[...FAULT_KINDS.keys()].join(', ')}`,
    );
  }
  if (surplus !== undefined) return failure(`"${surplus}" is not wanted here`);
  const parsedValue = parseFaultValue(kind, wanted, value);
  if (!parsedValue.ok) return parsedValue;
  const at = optionalTime(options.get('at'));
  if (!at.ok) return at;
  const until = optionalTime(options.get('until'));
  if (!until.ok) return until;
  const path = options.get('path');
  const fault: Fault = {
    kind,
    ...laneOf(parsed.value),
    ...(path === undefined ? {} : { path }),
    ...(at.value === undefined ? {} : { at: at.value }),
    ...(until.value === undefined ? {} : { until: until.value }),
    ...(parsedValue.value === undefined ? {} : { value: parsedValue.value }),
  };
  return { ok: true, value: { kind: 'fault', fault } };
}

function parseFaultValue(
  kind: string,
  wanted: FaultValue,
  text: string | undefined,
): Parsed<number | string | undefined> {
  if (wanted === 'none')
    return text === undefined ? { ok: true, value: undefined } : failure(`${kind} takes no value`);
  // Without a value the machine takes its own: EIO, ENOMEM for a fork, a disk that is full at once.
  if (text === undefined && (wanted === 'errno' || kind === 'disk-full'))
    return { ok: true, value: undefined };
  if (text === undefined) return failure(`${kind} needs a value`);
  if (wanted === 'errno') {
    return /^E[A-Z0-9]+$/.test(text)
      ? { ok: true, value: text }
      : failure(`"${text}" is no errno, as EIO is`);
  }
  if (wanted === 'factor') return parsePositiveNumber(text);
  if (wanted === 'bytes') return parseByteCount(text);
  return wanted === 'duration' ? parseDuration(text) : parseCount(text);
}

function optionalTime(text: string | undefined): Parsed<number | undefined> {
  return text === undefined ? { ok: true, value: undefined } : parseDuration(text);
}

function parseWorkloadLine(rest: string): Parsed<ControlAction> {
  if (rest === 'off') return { ok: true, value: { kind: 'workload', workload: null } };
  const workload = parseWorkload(rest);
  return workload.ok
    ? { ok: true, value: { kind: 'workload', workload: workload.value } }
    : workload;
}

function parsePredict(rest: string): Parsed<ControlAction> {
  const [, question, answer] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
  if (question === undefined || answer === undefined)
    return failure('a question and an answer are wanted');
  return { ok: true, value: { kind: 'predict', question, answer } };
}

function parseEdit(rest: string): Parsed<ControlAction> {
  const [head = '', ...lines] = rest.split('\n');
  const [, quoted = '', word] = /^(.*\S)\s+<<\s*(\S+)\s*$/.exec(head) ?? [];
  const [path, surplus] = wordsOf(quoted) ?? [];
  if (path === undefined || surplus !== undefined || word === undefined)
    return failure('a path and <<END are wanted');
  const end = lines.findIndex((line) => line.trimEnd() === word);
  if (end === -1) return failure(`the closing ${word} is missing`);
  if (lines.slice(end + 1).some((line) => line.trim() !== ''))
    return failure(`nothing may follow ${word}`);
  const text = lines
    .slice(0, end)
    .map((line) => `${line}\n`)
    .join('');
  return { ok: true, value: { kind: 'edit', path, text } };
}

function parsePut(rest: string): Parsed<ControlAction> {
  const files = namedBytes(rest);
  if (!files.ok) return files;
  const [file, surplus] = files.value;
  if (file === undefined || surplus !== undefined)
    return failure('a path and its bytes are wanted');
  return { ok: true, value: { kind: 'put', path: file.name, bytes: file.bytes } };
}

function parseImport(rest: string): Parsed<ControlAction> {
  const files = namedBytes(rest);
  return files.ok ? { ok: true, value: { kind: 'import', files: files.value } } : files;
}

function namedBytes(rest: string): Parsed<readonly NamedBytes[]> {
  const words = wordsOf(rest);
  if (words === undefined) return failure('a quote is not closed');
  if (words.length === 0 || words.length % 2 !== 0) return failure('names and bytes go in pairs');
  const files: NamedBytes[] = [];
  for (let i = 0; i < words.length; i += 2) {
    const name = words[i] ?? '';
    const base64 = words[i + 1] ?? '';
    const bytes = fromBase64(base64 === '-' ? '' : base64, 'padded');
    if (bytes === undefined) return failure(`what follows "${name}" is not base64`);
    files.push({ name, bytes });
  }
  return { ok: true, value: files };
}
