/** Speaks the protocol and does what the command of `send` says, so that the page's end can be tested. */
import type { Frame, FromWorker, ToWorker } from '../../src/worker/protocol.ts';

let shown = 0;
let run = 0;

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.to === 'frame-shown') {
    shown++;
    return;
  }
  const { id, method, args } = data;
  if (method === 'lost') return say({ from: 'answer', id, value: { total: 0, rows: [] } });
  if (method === 'view') return say({ from: 'answer', id, value: { now: shown, lanes: [] } });
  if (method !== 'send') return say({ from: 'answer', id, value: args });
  const [word = '', ms = '0'] = String(args[0]).split(' ');
  switch (word) {
    case 'refuse':
      return say({ from: 'refusal', id, message: 'no lane "x"' });
    case 'never':
      return;
    case 'nothing':
      return say({ from: 'answer', id, value: undefined });
    case 'hang': {
      const end = performance.now() + Number(ms);
      while (performance.now() < end);
      return say({ from: 'answer', id, value: { text: 'done', reply: null } });
    }
    case 'throw':
      setTimeout(() => {
        throw new Error('a broken invariant');
      });
      return;
    case 'fatal':
      return say({ from: 'fatal', message: 'out of memory' });
    case 'frames':
      for (let n = 0; n < 3; n++) say({ from: 'frame', frame: frame() });
      return say({ from: 'answer', id, value: { text: 'sent', reply: null } });
    default:
      return say({ from: 'answer', id, value: { text: String(args[0]), reply: null } });
  }
};

say({
  from: 'ready',
  recovered: { text: 'IndexedDB was empty.', stores: 'IndexedDB was empty.', lostWrites: 0 },
});

function frame(): Frame {
  run++;
  return {
    run,
    seed: 1,
    watched: {},
    clock: { paused: false, speed: 1, now: run },
    disk: { preset: 'ssd', fsyncMs: 1, asked: { preset: 'ssd' } },
    workload: null,
    tail: 'lost',
    lanes: [],
    events: [
      { event: 'boot', lane: 'main', at: run },
      { event: 'flush', lane: 'main', at: run, offset: 10 },
    ],
    storage: { state: 'kept', notice: null },
  };
}

function say(message: FromWorker): void {
  postMessage(message);
}
