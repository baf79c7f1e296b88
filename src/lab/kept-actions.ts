import type { NamedBytes } from '../cli/control-line.ts';
import { actionLines, addressee, DEFAULT_CLIENT } from './action-text.ts';
import type { TimedAction } from './action.ts';
import type { KeptAction } from './kept.ts';
import type { LabState } from './lab-state.ts';
import { maskActions } from './secrets.ts';

/** Bytes of files beyond which a line would be longer than anybody reads. */
const LONGEST_FILE = 1024 * 1024;

/**
 * The actions from the given one on, as the browser keeps them: as lines, without secrets. They tell what was done in an
 * earlier visit and are not done again, so a large file that was brought in stands in them by its name and size: its
 * bytes are on the platter.
 */
export function keptActions({ actions, plan }: LabState, from: number): readonly KeptAction[] {
  const first = { lane: plan.lanes[0]!.id, client: DEFAULT_CLIENT };
  const told = maskActions(actions.slice(from)).map(withoutLargeFiles);
  return actionLines(told, addressee(actions, from, first));
}

/** The action as a line that a person can read: of large files names and sizes. */
export function withoutLargeFiles(timed: TimedAction): TimedAction {
  const { at, action } = timed;
  if (action.kind === 'import' && action.files.some(isLarge))
    return { at, action: { ...action, files: action.files.map(named) } };
  if (action.kind === 'write' && action.bytes.length > LONGEST_FILE) {
    const { name: path, bytes } = named({ name: action.path, bytes: action.bytes });
    return { at, action: { ...action, path, bytes } };
  }
  return timed;
}

function isLarge({ bytes }: NamedBytes): boolean {
  return bytes.length > LONGEST_FILE;
}

function named(file: NamedBytes): NamedBytes {
  if (!isLarge(file)) return file;
  return { name: `${file.name} (${file.bytes.length} bytes)`, bytes: new Uint8Array() };
}
