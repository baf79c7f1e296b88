/** What redis-cli needs of the page: a connection into the lab, the lab's controls, a history. */
import { helpTableOf } from '../../cli/command-syntax.ts';
import type { CommandArgument, CommandSyntax, HelpTable } from '../../cli/command-syntax.ts';
import type { ControlAction } from '../../cli/control-line.ts';
import type { RedisCliPorts, SendResult } from '../../console/redis-cli-ports.ts';
import type { CommandResult, CommandSyntaxJson } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';
import { readPreference, writePreference } from '../preferences.ts';

export interface Target {
  /** The lane that redis-cli is connected to. */
  readonly lane: () => string | undefined;
  /** Its name in the lab. */
  readonly client: () => string;
  readonly lanes: () => readonly string[];
  /** Speaks to another machine, or as another client, from now on; the answer says so, or why not. */
  readonly attach: (to: { readonly lane?: string; readonly client?: string }) => string;
  readonly quit?: () => void;
  readonly now: () => number;
  readonly write: (ansi: string) => void;
}

export interface PagePorts extends RedisCliPorts {
  /** Asks for the facts of the commands; they serve hints, Tab and `help` when they have come. */
  readonly learnSyntax: () => Promise<void>;
}

export function pagePorts(lab: LabCalls, target: Target): PagePorts {
  let table: HelpTable | undefined;
  const options = (): { lane?: string; client: string } => {
    const lane = target.lane();
    const client = target.client();
    return lane === undefined ? { client } : { lane, client };
  };
  return {
    async connect() {
      const { lanes } = await lab.view();
      const view = lanes.find((lane) => lane.id === target.lane()) ?? lanes[0];
      const listens = view?.state === 'running' || view?.state === 'loading';
      return listens ? { kind: 'connected' } : { kind: 'refused', reason: 'Connection refused' };
    },
    async send(argv) {
      return sendResult(await lab.command(argv, options()));
    },
    disconnect() {
      void lab.interrupt(options());
    },
    control: (action) => control(lab, action, target),
    place() {
      const { lane, client } = options();
      return lane === undefined ? '' : `${lane} ${client}`;
    },
    lanes: target.lanes,
    write: target.write,
    helpTable: () => table,
    async learnSyntax() {
      table = helpTableOf((await lab.syntax()).map(syntaxOf));
    },
    loadHistory,
    saveHistory,
    now: target.now,
    ...(target.quit === undefined ? {} : { quit: target.quit }),
  };
}

function loadHistory(): readonly string[] {
  return (readPreference('history') ?? '').split('\n').filter((line) => line !== '');
}

/** Consoles share one history: what others have added stays. */
function saveHistory(lines: readonly string[]): void {
  const others = loadHistory().filter((line) => !lines.includes(line));
  writePreference('history', [...others, ...lines].slice(-200).join('\n'));
}

function sendResult(result: CommandResult): SendResult {
  switch (result.outcome) {
    case 'reply':
      return { kind: 'replies', replies: [result.reply] };
    case 'closed':
      return { kind: 'closed' };
    case 'refused':
      return { kind: 'refused', reason: 'Connection refused' };
  }
}

/** A line of the action grammar, done; what it has to say, if anything. */
async function control(
  lab: LabCalls,
  action: ControlAction,
  target: Target,
): Promise<string | undefined> {
  try {
    if (action.kind === 'lane') return target.attach({ lane: action.lane });
    if (action.kind === 'client') return target.attach({ client: action.client });
    await perform(lab, action, target);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function perform(lab: LabCalls, action: ControlAction, target: Target): Promise<unknown> {
  const lane = 'lane' in action && action.lane !== undefined ? { lane: action.lane } : {};
  const attached = target.lane();
  const here = attached === undefined ? {} : { lane: attached };
  switch (action.kind) {
    case 'pause':
      return lab.setClock({ paused: true });
    case 'play':
      return lab.setClock(
        action.speed === undefined ? { paused: false } : { paused: false, speed: action.speed },
      );
    case 'speed':
      return lab.setClock({ speed: action.speed });
    case 'tail':
      return lab.selectTail(action.tail);
    case 'advance':
      return lab.advance(action.duration);
    case 'step':
      return lab.step(action.unit);
    case 'kill':
      return lab.crash('process-killed', lane);
    case 'power': {
      return lab.crash('power-lost', { ...lane, tail: action.tail });
    }
    case 'boot':
      return lab.boot(lane);
    case 'signal':
      return lab.signal(action.signal, lane);
    case 'fault':
      return lab.plan(action.fault);
    case 'heal':
      return lab.plan(null);
    case 'workload':
      return lab.workload(action.workload === null ? null : { rate: 50, ...action.workload });
    case 'edit':
      return lab.writeFile(action.path, new TextEncoder().encode(action.text), here);
    case 'put':
      return lab.writeFile(action.path, action.bytes, here);
    case 'import':
      return lab.importFiles(new Map(action.files.map(({ name, bytes }) => [name, bytes])), here);
    case 'interrupt':
      return lab.interrupt({ ...here, client: target.client() });
    case 'predict':
      return lab.lesson({ do: 'answer', question: action.question, answer: action.answer });
    case 'lane':
    case 'client':
    case 'terminal':
    case 'shell':
      throw new Error(`!${action.kind} has no meaning in this console.`);
  }
}

function syntaxOf(json: CommandSyntaxJson): CommandSyntax {
  const { name, group, since } = json;
  return { name, group, since, arguments: json.arguments.filter(isArgument) };
}

function isArgument(value: unknown): value is CommandArgument {
  return typeof value === 'object' && value !== null && 'name' in value && 'type' in value;
}
