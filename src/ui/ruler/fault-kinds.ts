/** The faults that can be armed, in the order of the palette. */
import type { FaultTexts } from './fault-texts.ts';

export type FaultKind = keyof FaultTexts['kinds'];

/** What a person chooses with a fault. */
export type FaultParameter =
  | {
      readonly is: 'number';
      readonly unit: keyof FaultTexts['units'];
      readonly usual: number;
      readonly min: number;
      readonly step: number;
      /** What one of it is in the unit that the lab expects. */
      readonly scale: number;
    }
  | { readonly is: 'answer'; readonly choices: readonly string[] };

export interface FaultChoice {
  readonly kind: FaultKind;
  readonly group: 'storage' | 'process';
  readonly parameter: FaultParameter | null;
  /** It happens to one file, which is named. */
  readonly ofFile?: true;
}

const number = (
  unit: keyof FaultTexts['units'],
  usual: number,
  min: number,
  step: number,
  scale = 1,
): FaultParameter => ({ is: 'number', unit, usual, min, step, scale });
const answer = (...choices: readonly string[]): FaultParameter => ({ is: 'answer', choices });

export const faultChoices: readonly FaultChoice[] = [
  { kind: 'fsync-time', group: 'storage', parameter: number('ms', 1800, 0, 100) },
  { kind: 'write-blocks-during-fsync', group: 'storage', parameter: null },
  { kind: 'fsync-error', group: 'storage', parameter: answer('EIO', 'ENOSPC') },
  { kind: 'write-error', group: 'storage', parameter: answer('EIO', 'ENOSPC') },
  { kind: 'short-write', group: 'storage', parameter: number('bytes', 20, 0, 1) },
  { kind: 'disk-full', group: 'storage', parameter: number('bytes', 0, 0, 1) },
  { kind: 'lying-drive', group: 'storage', parameter: null },
  { kind: 'rename-not-durable', group: 'storage', parameter: null },
  { kind: 'bit-rot', group: 'storage', parameter: number('offset', 0, 0, 1), ofFile: true },
  { kind: 'fork-failure', group: 'process', parameter: answer('ENOMEM', 'EAGAIN') },
  { kind: 'child-slow', group: 'process', parameter: number('times', 100, 1, 1) },
  { kind: 'clock-jump', group: 'process', parameter: number('s', -3600, -86_400, 1, 1000) },
];

export function faultName(kind: string, text: FaultTexts): string {
  const known = faultChoices.find((choice) => choice.kind === kind);
  return known === undefined ? kind : text.kinds[known.kind].name;
}
