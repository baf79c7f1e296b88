import type { Mark, Timeline } from '../model/timeline.ts';

export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** The stretches without power within `from` to `to`: from each power cut to the next boot. */
export function outages(
  marks: readonly Mark[],
  from: number,
  to: number,
  power: 'on' | 'off',
): readonly Outage[] {
  const found: Outage[] = [];
  let cutAt: number | null = null;
  for (const mark of marks) {
    if (mark.kind === 'crash' && mark.crash === 'power-lost') cutAt ??= mark.at;
    if (mark.kind === 'boot' && cutAt !== null) {
      found.push({ from: cutAt, to: mark.at });
      cutAt = null;
    }
  }
  if (cutAt !== null && power === 'off') found.push({ from: cutAt, to: Infinity });
  return found
    .filter((outage) => outage.from < to && outage.to > from)
    .map((outage) => ({ from: Math.max(outage.from, from), to: Math.min(outage.to, to) }));
}

/** When the machine's last accident was, in the whole run; null: none. A new view comes with every mark. */
export function lastCut({ marks }: Timeline, view: unknown): number | null {
  void view;
  return marks.findLast(({ kind }) => kind === 'crash')?.at ?? null;
}
