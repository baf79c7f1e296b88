/** The lab's methods as the page calls them. Bad arguments are refused with what, where and what to do. */
import { ascii, utf8Encode, type ByteString } from '../base/bytes.ts';
import { splitArguments } from '../base/split-arguments.ts';
import { formatReplyTo } from '../cli/format-reply.ts';
import { signalNamed } from '../cli/control-line.ts';
import { commandTable } from '../engine/command-table.ts';
import type { Command } from '../engine/command.ts';
import { actionLines, DEFAULT_CLIENT } from '../lab/action-text.ts';
import { applyAction, isTail, type LabAction } from '../lab/action.ts';
import { absolute, checkConfig } from '../lab/boot.ts';
import { Lab } from '../lab/lab.ts';
import type { LaneAnswer } from '../lab/lane-state.ts';
import type { Lane } from '../lab/lane.ts';
import { laneView, lostWrite } from '../lab/lane-view.ts';
import { planLab } from '../lab/setup.ts';
import { diskPresetNames, diskPresets } from '../machine/devices.ts';
import { formatCall } from '../machine/strace-format.ts';
import type { Reply } from '../resp/reply.ts';
import type { FuturesShelf } from '../storage/futures-shelf.ts';
import { DraftDesk } from './draft-desk.ts';
import { exchangeMethods } from './exchange-methods.ts';
import type { LabHost } from './lab-host.ts';
import { LessonDesk } from './lesson-desk.ts';
import { isLessonId } from './lesson-shelf.ts';
import { lostReport } from './lost-report.ts';
import { MemoryWatch } from './memory-watch.ts';
import { logFiles } from './log-files.ts';
import { laneOf, Refusal } from './refusal.ts';
import { shellMethods } from './shell-methods.ts';
import type {
  CallLine,
  CommandSyntaxJson,
  JsonReply,
  LabCall,
  LabMethod,
  LabMethods,
  LabView,
} from './protocol.ts';
import { Replaying } from './replaying.ts';
import { RunDesk } from './run-desk.ts';
import { TimeDesk } from './time-desk.ts';
import { TrafficWatch } from './traffic-watch.ts';

/** As LabMethods, but answering when everything is kept. */
export type Methods = {
  readonly [M in keyof LabMethods]: (
    ...args: Parameters<LabMethods[M]>
  ) => Promise<ReturnType<LabMethods[M]>> | ReturnType<LabMethods[M]>;
};

/** The page's door has checked the arguments' types; the methods check what they mean. */
export function isLabCall(
  methods: Methods,
  call: { readonly method: string; readonly args: readonly unknown[] },
): call is LabCall {
  return call.method in methods;
}

/** What can be asked while the past is looked at, where nothing runs. */
const IN_THE_PAST: readonly LabMethod[] = [
  'time',
  'view',
  'lost',
  'memory',
  'calls',
  'traffic',
  'draft',
  'readFile',
  'report',
  'history',
  'download',
  'importing',
  'watch',
  'checkConfig',
  'actionLog',
  'link',
  'export',
  'syntax',
  'completeLine',
  'reset',
  'load',
  'lesson',
  'takeOver',
];

/** Why a method cannot be called now. */
export function whyNotNow(host: LabHost, method: LabMethod): string | undefined {
  if (host.past === null || IN_THE_PAST.includes(method)) return undefined;
  return `${method}: an earlier instant is looked at, and nothing runs there; go back to now, or continue from it`;
}

/** What only looks at the lab, or stops what holds it, and so needs not wait until nobody does. */
const AT_ANY_TIME: readonly LabMethod[] = [
  'view',
  'lost',
  'calls',
  'traffic',
  'readFile',
  'watch',
  'checkConfig',
  'syntax',
  'disks',
  'importing',
];

/** Whether a call of it waits while somebody runs the lab's events in pieces. */
export function needsTheLab(method: LabMethod): boolean {
  return !AT_ANY_TIME.includes(method);
}

/** Makes the call that the page asked for. */
export function invoke<M extends LabMethod>(
  methods: Methods,
  call: LabCall<M>,
): Promise<ReturnType<LabMethods[M]>> | ReturnType<LabMethods[M]> {
  const method: Methods[M] = methods[call.method];
  return method(...call.args);
}

const WRONG_TAIL =
  "tail must be 'lost', 'kept', 'zero-filled', 'holes', 'reordered' or {cutAt: bytes}, in whole bytes";
const CONNECTION_REFUSED = 'Could not connect to Redis at 127.0.0.1:6379: Connection refused';
const CONNECTION_CLOSED = 'Error: Server closed the connection';
const LONGEST_LINE = 512 * 1024 * 1024;

export function labMethods(
  host: LabHost,
  now: () => number,
  takeOver: () => Promise<void>,
  shelf: FuturesShelf | null = null,
): Methods {
  const lab = (): Lab => host.lab;
  const memory = new MemoryWatch(() => performance.now());
  const drafts = new DraftDesk();
  const traffic = new TrafficWatch();
  const replaying = new Replaying(host, now);
  const runs = new RunDesk(host, replaying);
  const time = new TimeDesk(host, runs, replaying, shelf);
  const looked = (): Lab => host.looked;
  const lessons = new LessonDesk(host);
  /** Does it, or refuses it; answers when it is kept. */
  const act = async (...actions: readonly LabAction[]): Promise<null> => {
    for (const action of actions) {
      const problem = applyAction(lab(), action);
      if (problem !== undefined) throw new Refusal(problem);
    }
    return done();
  };
  const done = async (): Promise<null> => {
    host.reanchor();
    host.changed();
    await host.committed();
    return null;
  };
  const ask = (
    argv: readonly ByteString[],
    client: string,
    lane: string | undefined,
  ): Promise<LaneAnswer['outcome']> => {
    const { id } = laneOf(lab(), lane).state;
    return new Promise((resolve, reject) => {
      const action = { kind: 'command', lane: id, client, argv } as const;
      const problem = applyAction(lab(), action, host.expect(resolve));
      if (problem !== undefined) reject(new Refusal(problem));
      host.changed();
    });
  };

  return {
    async reset(setup) {
      const plan = planLab(setup, Math.round(now() * 1000));
      if (typeof plan === 'string') throw new Refusal(plan);
      lessons.forget();
      await host.replaceLab(Lab.create(plan), 'same');
      await host.committed();
      return null;
    },
    async send(command, { lane, client }) {
      const argv = parseLine(command);
      const outcome = await ask(argv, client ?? DEFAULT_CLIENT, lane);
      if (outcome.outcome === 'refused') return { text: CONNECTION_REFUSED, reply: null };
      if (outcome.outcome !== 'reply') return { text: CONNECTION_CLOSED, reply: null };
      const { reply } = outcome;
      return { text: formatReplyTo(argv, reply, 2), reply: jsonReply(reply) };
    },
    async command(argv, { lane, client }) {
      if (argv.length === 0) throw new Refusal('command: no words');
      return ask(argv.map(ascii), client ?? DEFAULT_CLIENT, lane);
    },
    interrupt: ({ lane, client }) =>
      act({
        kind: 'interrupt',
        lane: laneOf(lab(), lane).state.id,
        client: client ?? DEFAULT_CLIENT,
      }),
    ...shellMethods(host),
    workload: (workload) => act({ kind: 'workload', workload }),
    setClock: ({ paused, speed }) =>
      paused === true
        ? act(...(speed === undefined ? [] : [{ kind: 'speed', speed } as const]), {
            kind: 'pause',
          })
        : act(
            paused === false
              ? { kind: 'play', ...(speed === undefined ? {} : { speed }) }
              : { kind: 'speed', speed: speed ?? lab().state.speed },
          ),
    async advance(ms) {
      if (!(ms >= 0 && ms <= 24 * 3_600_000))
        throw new Refusal('advance: ms must be 0 to 86400000');
      await host.advance(ms);
      await host.committed();
      return null;
    },
    async step(what) {
      if (!['command', 'tick', 'fsync'].includes(what))
        throw new Refusal(`step: ${String(what)} is not command, tick or fsync`);
      const came = lab().step(what);
      await done();
      if (!came) throw new Refusal(`step: no ${what} came within a minute of virtual time`);
      return null;
    },
    async crash(kind, { lane, tail = lab().state.tail }) {
      if (!isTail(tail)) throw new Refusal(`crash: ${WRONG_TAIL}`);
      const named = lane === undefined ? {} : { lane };
      if (kind === 'process-killed') return act({ kind: 'kill', ...named });
      if (kind === 'power-lost') return act({ kind: 'power', tail, ...named });
      throw new Refusal(`crash: ${String(kind)} is not process-killed or power-lost`);
    },
    boot: ({ lane }) => act({ kind: 'boot', ...(lane === undefined ? {} : { lane }) }),
    async signal(name, { lane, to }) {
      const signal = signalNamed(name);
      if (signal === undefined)
        throw new Refusal(`signal ${name} is not known; use TERM, INT or KILL`);
      return act({
        kind: 'signal',
        signal,
        ...(lane === undefined ? {} : { lane }),
        ...(to === undefined ? {} : { to }),
      });
    },
    plan: (fault) => act(fault === null ? { kind: 'heal' } : { kind: 'fault', fault }),
    disks: () =>
      diskPresetNames.map((preset) => {
        const { fsyncMin, fsyncMax } = diskPresets[preset];
        return { preset, fsyncMs: [fsyncMin / 1000, fsyncMax / 1000] };
      }),
    async selectTail(tail) {
      if (!isTail(tail)) throw new Refusal(`selectTail: ${WRONG_TAIL}`);
      return act({ kind: 'tail', tail });
    },
    watch(watched) {
      host.watch(watched);
      return null;
    },
    checkConfig,
    view() {
      return labView(looked());
    },
    lost({ lane, from, count, filter }) {
      return lostReport(looked(), lane, from, count, filter ?? '');
    },
    memory(query) {
      if (query.accident !== 'process-killed' && query.accident !== 'power-lost')
        throw new Refusal('memory: accident must be process-killed or power-lost');
      return memory.report(looked(), laneOf(looked(), query.lane), query);
    },
    calls({ lane, after }) {
      return callLines(looked(), laneOf(looked(), lane), after);
    },
    traffic({ lane, after }) {
      return traffic.report(lab(), laneOf(lab(), lane), after);
    },
    draft(request, window) {
      if (request.do !== 'open') return drafts.answer(looked(), request, window);
      const lane = laneOf(looked(), request.lane);
      const path = absolute(request.path);
      const bytes = lane.kernel.readFile(path);
      if (bytes === undefined) throw new Refusal(`draft: there is no file ${path}`);
      return drafts.open(looked(), lane, path, bytes.slice(), window);
    },
    readFile(path, { lane }) {
      const bytes = laneOf(looked(), lane).kernel.readFile(absolute(path));
      if (bytes === undefined)
        throw new Refusal(`readFile: there is no file ${path}; view() lists the files`);
      return bytes;
    },
    async writeFile(path, bytes, { lane }) {
      if (!(bytes instanceof Uint8Array))
        throw new Refusal('writeFile: bytes must be a Uint8Array');
      return act({ kind: 'write', lane: laneOf(lab(), lane).state.id, path, bytes });
    },
    ...exchangeMethods(host),
    link: () => runs.link(),
    lesson: (request) => lessons.request(request),
    async load(run) {
      if (typeof run === 'string' && isLessonId(run))
        return lessons.request({ do: 'open', id: run });
      await runs.load(run);
      lessons.forget();
      return null;
    },
    async keep() {
      await runs.keep();
      lessons.forget();
      return null;
    },
    async leave() {
      lessons.forget();
      return runs.leave();
    },
    undo: () => runs.undo(),
    redo: () => runs.redo(),
    time: (request) => time.answer(request),
    actionLog() {
      const { earlier, actions, plan } = looked().state;
      const first = { lane: plan.lanes[0]!.id, client: DEFAULT_CLIENT };
      return [...earlier, ...actionLines(actions, first)];
    },
    export(kind, { lane }) {
      return kind === 'appendonlydir'
        ? exportLog(laneOf(looked(), lane))
        : new Map([['run.aoflab', runs.file()]]);
    },
    syntax() {
      return [...commandTable.values()].flatMap(syntaxOf);
    },
    async takeOver() {
      await takeOver();
      time.readAgain();
      return null;
    },
  };
}

function parseLine(command: string): readonly ByteString[] {
  if (typeof command !== 'string') throw new Refusal('send: the command must be a text');
  if (command.length > LONGEST_LINE) throw new Refusal('send: the command is longer than 512 MB');
  const argv = splitArguments(utf8Encode(command));
  if (argv === undefined) throw new Refusal('Invalid argument(s): unbalanced quotes');
  if (argv.length === 0) throw new Refusal('send: an empty line is no command');
  return argv;
}

export function labView(lab: Lab): LabView {
  return {
    now: lab.now,
    lanes: lab.lanes.map((lane) => {
      const { crash } = lane.state;
      return {
        ...laneView(lane, lab.state.tail),
        lost: crash === null ? [] : crash.rows.map((row) => lostWrite(lane, crash, row)),
        files: lane.kernel
          .files()
          .map(({ path, size, durableSize, mode }) => ({ path, size, durableSize, mode })),
      };
    }),
  };
}

function callLines(lab: Lab, lane: Lane, after: number): readonly CallLine[] {
  return lane.kernel
    .trace()
    .filter(({ number }) => number > after)
    .map((entry) => ({
      number: entry.number,
      at: (entry.at - lab.epoch) / 1000,
      took: (entry.endsAt - entry.at) / 1000,
      pid: entry.pid,
      thread: entry.thread,
      text: formatCall(entry),
    }));
}

function exportLog(lane: Lane): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [name, { path }] of logFiles(lane)) {
    const bytes = lane.kernel.readFile(path);
    if (bytes !== undefined) files.set(name, bytes);
  }
  return files;
}

/** Plain JSON; bytes as latin1 strings, a big integer as text. */
function jsonReply(reply: Reply): JsonReply {
  switch (reply.type) {
    case 'array':
    case 'set':
    case 'push':
      return { type: reply.type, value: reply.value.map(jsonReply) };
    case 'map':
      return {
        type: 'map',
        value: reply.value.map(([key, value]) => [jsonReply(key), jsonReply(value)]),
      };
    case 'null':
    case 'null-array':
      return { type: 'null', value: null };
    case 'integer':
      return {
        type: 'integer',
        value: typeof reply.value === 'bigint' ? String(reply.value) : reply.value,
      };
    default:
      return { type: reply.type, value: reply.value };
  }
}

function syntaxOf(command: Command): readonly CommandSyntaxJson[] {
  const { facts, subcommands } = command;
  const own = {
    name: facts.name.replace('|', ' '),
    group: facts.group,
    since: facts.since,
    arguments: facts.arguments ?? [],
  };
  return [own, ...[...subcommands.values()].flatMap(syntaxOf)];
}
