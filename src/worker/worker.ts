/** The worker's door: opens what was kept, starts or reopens the lab, answers calls one by one. */
import { Lab } from '../lab/lab.ts';
import { planLab } from '../lab/setup.ts';
import { futuresShelf } from '../storage/futures-shelf.ts';
import { openDurableLog, type OpenedLog } from '../storage/open-durable-log.ts';
import type { Keeper } from './host-ports.ts';
import { LabHost } from './lab-host.ts';
import { invoke, isLabCall, labMethods, needsTheLab, whyNotNow, type Methods } from './methods.ts';
import type { FromWorker, StorageView, ToWorker } from './protocol.ts';
import { Refusal } from './refusal.ts';
import { recoveredOf, reopenLab } from './reopen.ts';

const LOG_NAME = 'aof-lab';

/** The log of the tab that writes; a tab that may only look keeps nothing. */
class TabKeeper implements Keeper {
  opened: OpenedLog;
  constructor(opened: OpenedLog) {
    this.opened = opened;
  }
  append(record: Uint8Array): Promise<void> {
    return this.opened.log.append(record);
  }
  replace(records: readonly Uint8Array[]): Promise<void> {
    return this.opened.log.replace(records);
  }
  get status(): StorageView {
    return this.opened.log.status;
  }
}

function post(message: FromWorker): void {
  const transfer: Transferable[] = [];
  if (message.from === 'frame') {
    for (const { records, timeline, curve } of message.frame.lanes) {
      if (curve !== null) transfer.push(curve.buffer);
      if (records !== null) {
        const { bytes, ends, offsets, times, kinds, causes } = records;
        transfer.push(
          bytes.buffer,
          ends.buffer,
          offsets.buffer,
          times.buffer,
          kinds.buffer,
          causes.buffer,
        );
      }
      if (timeline !== null)
        transfer.push(
          timeline.risk.buffer,
          timeline.commands.buffer,
          timeline.own.buffer,
          timeline.fsyncs.buffer,
        );
    }
  }
  self.postMessage(message, { transfer });
}

async function start(): Promise<{ host: LabHost; methods: Methods }> {
  const keeper = new TabKeeper(await openDurableLog(LOG_NAME));
  const found = reopenLab(keeper.opened.records);
  const host = new LabHost(
    found.lab ?? freshLab(),
    keeper,
    {
      now: () => performance.now(),
      sendFrame: (frame) => post({ from: 'frame', frame }),
      sendPushes: (pushes) => post({ from: 'push', pushes }),
      sendTerminal: (updates) => post({ from: 'terminal', updates }),
      fatal: (message) => post({ from: 'fatal', message }),
    },
    found.lab === null ? null : found.actionsKept,
  );
  keeper.opened.log.onStatus(() => host.changed());
  const takeOver = async (): Promise<void> => {
    await keeper.opened.writer.takeOver();
    keeper.opened = await openDurableLog(LOG_NAME, { writer: keeper.opened.writer });
    keeper.opened.log.onStatus(() => host.changed());
    const again = reopenLab(keeper.opened.records);
    if (again.lab !== null) await host.replaceLab(again.lab);
    else host.changed();
  };
  post({ from: 'ready', recovered: recoveredOf(keeper.opened.report, found) });
  const mayWrite = (): boolean => keeper.status.state !== 'read-only';
  const shelf = futuresShelf(`${LOG_NAME} futures`, mayWrite);
  return { host, methods: labMethods(host, () => Date.now(), takeOver, shelf) };
}

function freshLab(): Lab {
  const plan = planLab({}, Math.round(Date.now() * 1000));
  if (typeof plan === 'string') throw new Error(plan);
  return Lab.create(plan);
}

async function answer(
  host: LabHost,
  methods: Methods,
  call: Extract<ToWorker, { to: 'call' }>,
): Promise<FromWorker> {
  try {
    if (!isLabCall(methods, call)) throw new Refusal(`the lab has no method ${call.method}`);
    if (needsTheLab(call.method)) await host.hold.free();
    const reason = whyNotNow(host, call.method);
    if (reason !== undefined) throw new Refusal(reason);
    return { from: 'answer', id: call.id, value: await invoke(methods, call) };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    if (!(thrown instanceof Refusal)) console.error(thrown);
    return { from: 'refusal', id: call.id, message };
  }
}

const started = start();
started.catch((thrown: unknown) =>
  post({ from: 'fatal', message: thrown instanceof Error ? thrown.message : String(thrown) }),
);

self.onmessage = async ({ data }: MessageEvent<ToWorker>): Promise<void> => {
  const { host, methods } = await started;
  if (data.to === 'frame-shown') host.frameShown();
  else post(await answer(host, methods, data));
};
