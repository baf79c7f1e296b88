/** What redis-cli needs of the page: a connection into the lab, the lab's controls, a history. */
import { helpTableOf } from '../../cli/command-syntax.ts';
import type { CommandArgument, CommandSyntax, HelpTable } from '../../cli/command-syntax.ts';
import { consoleClient } from './console-client.ts';
import type { ControlAction } from '../../cli/control-line.ts';
import type { RedisCliPorts, SendResult } from '../../console/redis-cli-ports.ts';
import type { CommandResult, CommandSyntaxJson } from '../../worker/protocol.ts';
import type { LabCalls } from '../../worker/link.ts';
import { readPreference, writePreference } from '../preferences.ts';

export interface Target {
  /** The lane that redis-cli is connected to. */
  readonly lane: () => string | undefined;
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
    control: (action) => control(lab, action),
    write: target.write,
    helpTable: () => table,
    async learnSyntax() {
      table = helpTableOf((await lab.syntax()).map(syntaxOf));
    },
    loadHistory: () => (readPreference('history') ?? '').split('\n').filter((line) => line !== ''),
    saveHistory: (lines) => writePreference('history', lines.slice(-200).join('\n')),
    now: target.now,
  };
}

const client = consoleClient;

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
async function control(lab: LabCalls, action: ControlAction): Promise<string | undefined> {
  try {
    await perform(lab, action);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function perform(lab: LabCalls, action: ControlAction): Promise<unknown> {
  const lane = 'lane' in action && action.lane !== undefined ? { lane: action.lane } : {};
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
      if (action.tail === 'reordered') throw new Error('This lab cannot reorder pages yet.');
      return lab.selectTail(action.tail);
    case 'advance':
      return lab.advance(action.duration);
    case 'step':
      return lab.step(action.unit);
    case 'kill':
      return lab.crash('process-killed', lane);
    case 'power': {
      if (action.tail === 'reordered') throw new Error('This lab cannot reorder pages yet.');
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
      return lab.writeFile(action.path, new TextEncoder().encode(action.text), {});
    case 'put':
      return lab.writeFile(action.path, action.bytes, {});
    case 'import':
      return lab.importFiles(new Map(action.files.map(({ name, bytes }) => [name, bytes])), {});
    case 'interrupt':
      return lab.interrupt({ client: consoleClient });
    case 'lane':
    case 'client':
    case 'predict':
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
