/** Signals by name and number, as kill and trap take them and `kill -l` lists them. */
import { signalNumbers, type SignalName } from '../program.ts';

/** With or without SIG, in any case, or by its number. Undefined too for what no process here can be sent. */
export function signalOf(word: string): SignalName | undefined {
  const name = word.toUpperCase().replace(/^SIG/, '');
  return sendable.find((one) => one === name || String(signalNumbers[one]) === word);
}

const sendable: readonly SignalName[] = [
  'HUP',
  'INT',
  'QUIT',
  'ABRT',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
  'CONT',
  'STOP',
  'TSTP',
  'WINCH',
];

const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;
const MIDDLE = 49;
const COLUMNS = 5;

/** All of Linux's; 32 and 33 belong to its threads. */
const names: ReadonlyMap<number, string> = new Map([
  ...[
    'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP',
    'TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS',
  ]
    .join(' ')
    .split(' ')
    .map((name, i): [number, string] => [i + 1, name]),
  ...Array.from({ length: LAST_REAL_TIME - FIRST_REAL_TIME + 1 }, (_, i): [number, string] => {
    const number = FIRST_REAL_TIME + i;
    if (number === FIRST_REAL_TIME) return [number, 'RTMIN'];
    if (number === LAST_REAL_TIME) return [number, 'RTMAX'];
    const above = number <= MIDDLE;
    return [number, above ? `RTMIN+${i}` : `RTMAX-${LAST_REAL_TIME - number}`];
  }),
]);

/** `kill -l`, in columns. */
export function signalTable(): string {
  const cells = [...names].map(([number, name]) => `${String(number).padStart(2)}) SIG${name}`);
  return cells
    .map((cell, i) => (i % COLUMNS === COLUMNS - 1 ? `${cell}\n` : `${cell}\t`))
    .join('')
    .concat(cells.length % COLUMNS === 0 ? '' : '\n');
}

/** `kill -l WORD`: the name of a number or of a status that a signal left, the number of a name; undefined: no signal. */
export function otherName(word: string): string | undefined {
  if (/^\d+$/.test(word)) {
    const number = Number(word) > 128 ? Number(word) - 128 : Number(word);
    return names.get(number);
  }
  const wanted = word.toUpperCase().replace(/^SIG/, '');
  return [...names].find(([, name]) => name === wanted)?.[0].toString();
}
