/** Situations worth seeing, each set up at once. Plain calls of the lab: what is done stands in the log of actions. */
import type { LabCalls } from '../../worker/link.ts';
import type { Fault, LaneView, Tail } from '../../worker/protocol.ts';
import type { Policy } from '../acts.svelte.ts';
import type { FaultTexts } from './fault-texts.ts';

export type PresetName = keyof FaultTexts['presets'];

export type PresetStep =
  | { readonly do: 'policy'; readonly policy: Policy }
  | { readonly do: 'fault'; readonly fault: Omit<Fault, 'lane'> }
  /** A bit of a record in the middle of the log flips. */
  | { readonly do: 'rot' }
  | { readonly do: 'tail'; readonly tail: Tail | 'torn' }
  | { readonly do: 'command'; readonly command: string }
  | { readonly do: 'shell'; readonly line: string };

export const faultPresets: Readonly<Record<PresetName, readonly PresetStep[]>> = {
  'disk-full': [
    { do: 'policy', policy: 'everysec' },
    { do: 'fault', fault: { kind: 'disk-full', value: 0 } },
  ],
  'slow-fsync': [
    { do: 'policy', policy: 'everysec' },
    { do: 'fault', fault: { kind: 'fsync-time', value: 1800 } },
  ],
  'lying-drive': [
    { do: 'policy', policy: 'always' },
    { do: 'fault', fault: { kind: 'lying-drive' } },
  ],
  'torn-tail': [
    { do: 'policy', policy: 'no' },
    { do: 'tail', tail: 'torn' },
  ],
  'clock-back': [
    { do: 'policy', policy: 'everysec' },
    { do: 'fault', fault: { kind: 'clock-jump', value: -3_600_000 } },
  ],
  'fork-fails': [{ do: 'fault', fault: { kind: 'fork-failure', value: 'ENOMEM' } }],
  'fsync-fails': [
    { do: 'policy', policy: 'always' },
    { do: 'fault', fault: { kind: 'fsync-error', value: 'EIO' } },
  ],
  rot: [{ do: 'rot' }],
  'rewrite-killed': [
    { do: 'fault', fault: { kind: 'child-slow', value: 10_000_000 } },
    { do: 'command', command: 'BGREWRITEAOF' },
  ],
  'two-servers': [
    {
      do: 'shell',
      line: 'redis-server --port 6380 --dir /data --appendonly yes --daemonize yes',
    },
  ],
};

export const presetNames: readonly PresetName[] = [
  'disk-full',
  'slow-fsync',
  'lying-drive',
  'torn-tail',
  'clock-back',
  'fork-fails',
  'fsync-fails',
  'rot',
  'rewrite-killed',
  'two-servers',
];

/** What of the lab a preset needs. */
export type PresetCalls = Pick<
  LabCalls,
  'plan' | 'selectTail' | 'send' | 'shell' | 'view' | 'readFile'
>;

/** Does the steps in this order; rejects with the lab's reason at the first that it refuses. */
export async function setUp(lab: PresetCalls, view: LaneView, name: PresetName): Promise<void> {
  for (const step of faultPresets[name]) await doStep(lab, view, step);
}

async function doStep(lab: PresetCalls, view: LaneView, step: PresetStep): Promise<unknown> {
  const { id: lane } = view;
  switch (step.do) {
    case 'policy':
      return command(lab, lane, `CONFIG SET appendfsync ${step.policy}`);
    case 'fault':
      return lab.plan({ ...step.fault, lane });
    case 'rot':
      return lab.plan({ kind: 'bit-rot', ...(await recordToRot(lab, lane)), lane });
    case 'tail':
      return lab.selectTail(step.tail === 'torn' ? { cutAt: tornAt(view) } : step.tail);
    case 'command':
      return command(lab, lane, step.command);
    case 'shell':
      return shell(lab, lane, step.line);
  }
}

/** Three bytes before the end of what was written: in the middle of the last record. */
function tornAt(view: LaneView): number {
  if (view.written === null || view.written < 4)
    throw new Error('Nothing is in the log yet that could be torn. Write something first.');
  return view.written - 3;
}

/** The `*` with which a record in the middle of the log begins: read as anything else, it ends the load. */
async function recordToRot(
  lab: PresetCalls,
  lane: string,
): Promise<{ path: string; value: number }> {
  const { lanes } = await lab.view();
  const files = lanes.find(({ id }) => id === lane)?.files ?? [];
  const file = files.findLast(
    ({ path, durableSize }) => path.endsWith('.incr.aof') && durableSize > 0,
  );
  if (file === undefined)
    throw new Error(
      'Nothing of the log is on the disk yet. Write something and wait for the fsync.',
    );
  const bytes = (await lab.readFile(file.path, { lane })).subarray(0, file.durableSize);
  for (let at = bytes.length >> 1; at > 0; at--)
    if (bytes[at] === ASTERISK && bytes[at - 1] === NEWLINE && bytes[at - 2] === RETURN)
      return { path: file.path, value: at };
  return { path: file.path, value: 0 };
}

const [ASTERISK, NEWLINE, RETURN] = [42, 10, 13];

async function shell(lab: PresetCalls, lane: string, line: string): Promise<void> {
  const { stdout, stderr, exitCode } = await lab.shell(line, { lane });
  if (exitCode !== 0) throw new Error(`${line}: ${(stderr || stdout).trim()}`);
}

async function command(lab: PresetCalls, lane: string, line: string): Promise<void> {
  const { text, reply } = await lab.send(line, { lane, client: 'page' });
  if (reply === null || reply.type === 'error') throw new Error(text);
}
