import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import type { LabCalls } from '../../src/worker/link.ts';
import type { Frame, LabMethod } from '../../src/worker/protocol.ts';

export interface Call {
  readonly method: LabMethod;
  readonly args: readonly unknown[];
}

export interface FakeDoor {
  readonly lab: LabCalls;
  /** Every call, in order. */
  readonly calls: Call[];
  /** What the lab is said to be showing: decides whether a server listens. */
  readonly show: (frame: Frame) => void;
}

const replies: ReadonlyMap<string, Reply> = new Map<string, Reply>([
  [
    'CONFIG',
    {
      type: 'array',
      value: [
        { type: 'bulk', value: ascii('appendfsync') },
        { type: 'bulk', value: ascii('everysec') },
      ],
    },
  ],
  ['SADD', { type: 'integer', value: 3 }],
  ['GET', { type: 'bulk', value: utf8Encode('user:1') }],
  ['EXPIRE', { type: 'integer', value: 1 }],
  ['SPOP', { type: 'bulk', value: ascii('teh') }],
]);

/** A lab that answers every call and remembers it; what it shows is told to it. */
export function fakeDoor(): FakeDoor {
  const calls: Call[] = [];
  let frame: Frame | null = null;
  const state = (): string => frame?.lanes[0]?.view.state ?? 'stopped';
  const answers: Partial<Record<LabMethod, (...args: never[]) => unknown>> = {
    send: () => ({ text: 'OK', reply: { type: 'status', value: 'OK' } }),
    command: (argv: readonly string[]) => {
      if (state() === 'stopped' || state() === 'failed') return { outcome: 'refused' };
      if (state() === 'loading') {
        const value = 'LOADING Redis is loading the dataset in memory';
        return { outcome: 'reply', reply: { type: 'error', value } };
      }
      const ok: Reply = { type: 'status', value: 'OK' };
      return { outcome: 'reply', reply: replies.get((argv[0] ?? '').toUpperCase()) ?? ok };
    },
    view: () => ({
      now: frame?.clock.now ?? 0,
      lanes: (frame?.lanes ?? []).map(({ view }) => ({ ...view, lost: [], files: [] })),
    }),
    lost: () => ({ total: 0, rows: [] }),
    syntax: () => [],
    actionLog: () => [],
    export: () => new Map([['run.aoflab', new Uint8Array(3)]]),
    readFile: () => new Uint8Array(0),
    importFiles: () => ({ keys: 0, commands: 0 }),
  };
  const lab = new Proxy(
    {},
    {
      get: (_, name) => {
        const method = String(name) as LabMethod;
        return (...args: never[]) => {
          calls.push({ method, args });
          return Promise.resolve(answers[method]?.(...args) ?? null);
        };
      },
    },
  ) as LabCalls;
  return { lab, calls, show: (next) => (frame = next) };
}
