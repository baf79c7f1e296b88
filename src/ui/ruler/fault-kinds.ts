/** The faults that can be armed, in the order of the palette. */
import type { Dictionary } from '../i18n/en.ts';

export type FaultKind = keyof Dictionary['faults']['kinds'];

export interface FaultChoice {
  readonly kind: FaultKind;
  /** The unit of its parameter, and what one of it is in the unit that the lab expects (ms). */
  readonly parameter: {
    readonly unit: 'ms' | 's';
    readonly usual: number;
    readonly min: number;
  } | null;
  /** The value that the lab expects where there is nothing to choose. */
  readonly value: string | null;
}

export const faultChoices: readonly FaultChoice[] = [
  { kind: 'fsync-time', parameter: { unit: 'ms', usual: 1800, min: 0 }, value: null },
  { kind: 'write-blocks-during-fsync', parameter: null, value: null },
  { kind: 'fsync-error', parameter: null, value: 'EIO' },
  { kind: 'write-error', parameter: null, value: 'EIO' },
  { kind: 'disk-full', parameter: null, value: null },
  { kind: 'lying-drive', parameter: null, value: null },
  { kind: 'clock-jump', parameter: { unit: 's', usual: -3600, min: -86_400 }, value: null },
];

export function faultName(kind: string, text: Dictionary): string {
  const known = faultChoices.find((choice) => choice.kind === kind);
  return known === undefined ? kind : text.faults.kinds[known.kind].name;
}
