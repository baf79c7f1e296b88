import { readFileSync } from 'node:fs';
import { ascii } from '../../src/base/bytes.ts';
import { commandSyntaxOf, helpTableOf } from '../../src/cli/command-syntax.ts';
import type { CommandDocs } from '../../src/cli/command-syntax.ts';
import type { ControlAction } from '../../src/cli/control-line.ts';
import type { ConnectResult, SendResult } from '../../src/console/redis-cli-ports.ts';
import { RedisCliSession } from '../../src/console/redis-cli-session.ts';
import type { TranscriptEvent } from '../../src/console/screen.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { TinyTerminal } from './tiny-terminal.ts';

const golden = new URL('../golden/commands-7.2.4.json', import.meta.url);
const table = helpTableOf(
  commandSyntaxOf((JSON.parse(readFileSync(golden, 'utf8')) as { docs: CommandDocs }).docs),
);

export const bulk = (text: string): Reply => ({ type: 'bulk', value: ascii(text) });
export const OK: Reply = { type: 'status', value: 'OK' };
export const PROMPT = '127.0.0.1:6379> ';
export const REFUSED = 'Could not connect to Redis at 127.0.0.1:6379: Connection refused';
export const READING = 'Reading messages... (press Ctrl-C to quit or any key to type command)';

/** A session over a server that answers as it is told. */
export class Desk {
  readonly terminal = new TinyTerminal(72);
  readonly sent: string[] = [];
  readonly controls: ControlAction[] = [];
  readonly saved: string[][] = [];
  readonly events: TranscriptEvent[] = [];
  connects = 0;
  drops = 0;
  quits = 0;
  up = true;
  now = 0;
  control: (action: ControlAction) => Promise<string | undefined> = () =>
    Promise.resolve(undefined);
  /** Answers by the first word; a missing one is answered with OK. */
  readonly answers = new Map<
    string,
    (argv: readonly string[]) => SendResult | Promise<SendResult>
  >();
  readonly session: RedisCliSession;

  constructor(history: string[] = []) {
    this.session = new RedisCliSession({
      connect: (): Promise<ConnectResult> => {
        this.connects++;
        return Promise.resolve({ kind: this.up ? 'connected' : 'refused' });
      },
      send: async (argv) => {
        this.sent.push(argv.join(' '));
        return (
          (await this.answers.get((argv[0] ?? '').toLowerCase())?.(argv)) ?? {
            kind: 'replies',
            replies: [OK],
          }
        );
      },
      disconnect: () => void this.drops++,
      control: (action) => {
        this.controls.push(action);
        return this.control(action);
      },
      write: this.terminal.write,
      helpTable: () => table,
      loadHistory: () => history,
      saveHistory: (lines) => void this.saved.push([...lines]),
      now: () => this.now,
      quit: () => void this.quits++,
    });
    this.session.resize(72);
    this.session.onTranscript((event) => this.events.push(event));
  }

  answer(command: string, ...replies: Reply[]): void {
    this.answers.set(command, () => ({ kind: 'replies', replies }));
  }

  async type(data: string): Promise<void> {
    this.session.input(data);
    await settle();
  }

  /** What the terminal shows, without the first row that says nothing but where it is connected to. */
  get screen(): string[] {
    return this.terminal.text.split('\n');
  }
}

export async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

export async function started(history: string[] = []): Promise<Desk> {
  const desk = new Desk(history);
  await desk.session.start();
  return desk;
}
