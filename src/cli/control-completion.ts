/** Tab and the grey hint for the lab's own lines, `!fault fsync-time 1800ms`. */
import { controlUsages, SIGNALS, STEP_UNITS, TAILS } from './control-line.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import type { FaultValue } from './fault-kinds.ts';

/** Whole lines, in the order in which Tab goes through them. `lanes`: the machines of the lab. */
export function controlCompletions(line: string, lanes: readonly string[]): readonly string[] {
  const cut = line.lastIndexOf(' ') + 1;
  const typed = line.slice(cut);
  const words = line.slice(0, cut).split(' ').filter(Boolean);
  const known =
    words.length === 0 ? controlUsages().map(({ name }) => name) : nextWords(words, typed, lanes);
  return known.flatMap((word) => (word.startsWith(typed) ? [line.slice(0, cut) + word] : []));
}

/** What may still follow, in grey; empty where nothing may, and for what is no control line. */
export function controlHint(line: string): string {
  const [name = '', ...rest] = line.split(/ +/);
  const found = controlUsages().find((each) => each.name === name);
  if (found === undefined) return '';
  // The word under the cursor counts only when a blank follows it.
  const complete = rest.slice(0, -1).filter(Boolean);
  const [syntax = ''] = found.usage.split(/, (?:as in|or|then) /);
  if (name === '!workload') return complete.length === 0 ? behind(line, syntax.slice(10)) : '';
  const open = syntax.slice(name.length).split(' ').filter(Boolean);
  for (const word of complete) {
    const key = /^\w+=/.exec(word)?.[0];
    const at = open.findIndex((piece) => key === (/^\[?(\w+=)/.exec(piece)?.[1] ?? undefined));
    if (at >= 0) open.splice(at, 1);
    if (name === '!fault' && word === complete[0]) open.splice(0, 1, ...valueOf(word));
  }
  return behind(line, open.join(' '));
}

function behind(line: string, hint: string): string {
  return hint === '' || line.endsWith(' ') ? hint : ` ${hint}`;
}

const valueWords: Readonly<Record<FaultValue, string>> = {
  none: '',
  duration: 'DURATION',
  errno: '[ERRNO]',
  bytes: 'BYTES',
  count: 'OFFSET',
  factor: 'FACTOR',
};

function valueOf(fault: string): readonly string[] {
  const value = FAULT_KINDS.get(fault);
  return value === undefined || value === 'none' ? [] : [valueWords[value]];
}

function nextWords(
  [name = '', ...words]: readonly string[],
  typed: string,
  lanes: readonly string[],
): readonly string[] {
  const inLane = lanes.map((lane) => `lane=${lane}`);
  const first = words.length === 0;
  switch (name) {
    case '!lane':
      return first ? lanes : [];
    case '!step':
      return first ? STEP_UNITS : [];
    case '!tail':
      return first ? TAILS : [];
    case '!signal':
      return first ? SIGNALS : inLane;
    case '!fault':
      return first ? [...FAULT_KINDS.keys()] : [...inLane, 'path=', 'at=', 'until='];
    case '!power':
      return typed.startsWith('tail=') || first
        ? [...TAILS.map((tail) => `tail=${tail}`), ...inLane]
        : inLane;
    case '!kill':
    case '!boot':
      return first ? inLane : [];
    case '!workload':
      return first ? ['off', '{rate: 200/s}'] : [];
    default:
      return [];
  }
}
