/** A control line as it is written. What a blank or a quote would break stands in quotes, as in redis-cli. */
import { utf8Encode } from '../base/bytes.ts';
import { toBase64 } from '../base/base64.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import type { ControlAction, Fault, TornTail } from './control-line.ts';
import { printDuration } from './control-values.ts';
import { FAULT_KINDS } from './fault-kinds.ts';
import { printShell, printTerminal } from './terminal-control.ts';
import { printWorkload } from './workload-spec.ts';

/** The line that parseControlLine reads back as the same action. */
export function printControlLine(action: ControlAction): string {
  switch (action.kind) {
    case 'lane':
      return `!lane ${printName(action.lane)}`;
    case 'client':
      return `!client ${printName(action.client)}`;
    case 'pause':
    case 'heal':
    case 'interrupt':
      return `!${action.kind}`;
    case 'play':
      return action.speed === undefined ? '!play' : `!play ${action.speed}`;
    case 'speed':
      return `!speed ${action.speed}`;
    case 'advance':
      return `!advance ${printDuration(action.duration)}`;
    case 'step':
      return `!step ${action.unit}`;
    case 'kill':
    case 'boot':
      return `!${action.kind}${printOption('lane', action.lane)}`;
    case 'power':
      return `!power${action.tail === 'lost' ? '' : ` tail=${printTail(action.tail)}`}${printOption('lane', action.lane)}`;
    case 'tail':
      return `!tail ${printTail(action.tail)}`;
    case 'signal':
      return `!signal ${action.signal}${printOption('to', action.to)}${printOption('lane', action.lane)}`;
    case 'fault':
      return printFault(action.fault);
    case 'workload':
      return `!workload ${action.workload === null ? 'off' : printWorkload(action.workload)}`;
    case 'predict':
      return `!predict ${action.question} ${action.answer}`;
    case 'edit':
      return printEdit(action.path, action.text);
    case 'put':
      return `!put ${printName(action.path)} ${printBytes(action.bytes)}`;
    case 'import':
      return `!import ${action.files.map(({ name, bytes }) => `${printName(name)} ${printBytes(bytes)}`).join(' ')}`;
    case 'terminal':
      return printTerminal(action);
    case 'shell':
      return printShell(action);
  }
}

function printTail(tail: TornTail): string {
  return typeof tail === 'string' ? tail : `cut@${tail.cutAt}`;
}

function printFault(fault: Fault): string {
  const isDuration = FAULT_KINDS.get(fault.kind) === 'duration';
  let line = `!fault ${fault.kind}`;
  if (fault.value !== undefined)
    line += ` ${isDuration && typeof fault.value === 'number' ? printDuration(fault.value) : fault.value}`;
  line += printOption('lane', fault.lane) + printOption('path', fault.path);
  if (fault.at !== undefined) line += printOption('at', printDuration(fault.at));
  if (fault.until !== undefined) line += printOption('until', printDuration(fault.until));
  return line;
}

function printOption(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}=${printName(value)}`;
}

/** The closing word is one that no line of the text equals. */
function printEdit(path: string, text: string): string {
  const body = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const lines = body.split('\n').map((line) => line.trimEnd());
  let word = 'END';
  for (let i = 2; lines.includes(word); i++) word = `END${i}`;
  return `!edit ${printName(path)} <<${word}\n${body}${word}`;
}

const plainName = /^[\x21\x23-\x26\x28-\x3c\x3e-\x5b\x5d-\x7e]+$/;

/** Whatever it is made of, it reads back as one word. */
function printName(name: string): string {
  return plainName.test(name) ? name : quoteBytes(utf8Encode(name));
}

/** A dash stands for no bytes at all. */
function printBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? '-' : toBase64(bytes, 'padded');
}
