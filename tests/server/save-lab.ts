/** One machine with one server in virtual time, without a log unless asked for. */
import { expect } from 'vitest';
import { ascii, bytesOf, byteStringOf, utf8Encode, type ByteString } from '../../src/base/bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import { CONFIG_PATH } from '../../src/lab/boot.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { Fault } from '../../src/lab/view.ts';
import { loadRdb } from '../persistence/rdb-files.ts';
import { replyText } from '../support/real-redis.ts';
import type { Reply } from '../../src/resp/reply.ts';

const CREATED_AT = 1_795_225_880_000_000;
const MILLI = 1000;
const TOKEN = 7;

export interface SaveLab {
  readonly lab: Lab;
  /** Sends a line and runs virtual time until it is answered; undefined when the connection is closed instead. */
  ask(line: string): Reply | undefined;
  /** As `ask`, with the reply as text. */
  text(line: string): string;
  field(name: string): string;
  pass(millis: number): void;
  /** Passes time until `holds`, at most a minute. */
  until(holds: () => boolean): void;
  log(): string;
  file(path: string): string | undefined;
  files(): string[];
  configure(...lines: string[]): void;
}

export function newSaveLab(
  config: Readonly<Record<string, string>> = {},
  repaired: readonly string[] = [],
): SaveLab {
  const lane = { config: { appendonly: 'no', ...config }, repaired };
  const plan = planLab({ lanes: [lane] }, CREATED_AT);
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  const main = lab.lanes[0]!;
  const pass = (millis: number): void =>
    void lab.runUntil(lab.clock.now + millis * MILLI, Infinity);
  const ask = (line: string): Reply | undefined => {
    lab.send(splitArguments(utf8Encode(line)) ?? [ascii('')], 'test', undefined, TOKEN);
    for (let ms = 0; ms < 60_000; ms++) {
      pass(1);
      const [answer] = main.state.answers.splice(0);
      if (answer !== undefined)
        return answer.outcome.outcome === 'reply' ? answer.outcome.reply : undefined;
    }
    throw new Error(`no answer to ${line}`);
  };
  const text = (line: string): string => {
    const reply = ask(line);
    if (reply === undefined) return '(closed)';
    if (reply.type === 'integer') return `${reply.value}`;
    if (reply.type === 'verbatim') return reply.value;
    return reply.type === 'null' ? '(nil)' : replyText(reply);
  };
  return {
    lab,
    ask,
    text,
    field: (name) =>
      new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(text('INFO persistence'))?.[1] ?? '',
    pass,
    until(holds) {
      for (let ms = 0; ms < 60_000; ms += 10) {
        if (holds()) return;
        pass(10);
      }
      throw new Error('waited in vain');
    },
    log: () => main.state.logLines.join('\n'),
    file(path) {
      const bytes = main.kernel.readFile(path);
      return bytes === undefined ? undefined : byteStringOf(bytes);
    },
    files: () =>
      main.kernel
        .files()
        .map(({ path }) => path)
        .filter((path) => path !== CONFIG_PATH),
    configure: (...lines) => lines.forEach((line) => void text(`CONFIG SET ${line}`)),
  };
}

export function fault(kind: string, more: Partial<Fault> = {}): Fault {
  return { kind, ...more };
}

export const DUMP = '/data/dump.rdb';
/** Children are so slow that there is time to look at them. */
export const SLOW = { 'rdb-key-save-delay': '200000' };

export function keysOf(lab: SaveLab, path = DUMP): string[] {
  const bytes = bytesOf((lab.file(path) ?? '') as ByteString);
  const { step, engine } = loadRdb(bytes, { kind: 'aof-base' });
  expect(step.kind).toBe('done');
  return engine.databases.flatMap(({ space }) => space.entries.map(({ key }) => key)).sort();
}

export function boot(lab: SaveLab): void {
  lab.lab.boot(undefined);
  lab.pass(500);
}
