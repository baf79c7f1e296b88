/**
 * The common parts of the benchmarks. Each measures our way and a peer's in turns, since machines are noisy and only
 * figures of one run compare; it says what it found as rows, one line of JSON each on standard output
 * (scripts/bench.mjs makes a table or an array of them). Remarks go to standard error.
 */
export interface Row {
  readonly name: string;
  /** The median of the rounds. */
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, and that one's figure; null where there is nothing to compare with. */
  readonly peer: string | null;
  readonly peerValue: number | null;
  /** In words; null: the row only informs. */
  readonly goal: string | null;
  /** Null without a goal, or where the peer is not installed. */
  readonly met: boolean | null;
}

/** `times` compares with the peer's figure, `value` is absolute. */
export type Goal =
  | { readonly atLeast: number; readonly of: 'times' | 'value' }
  | { readonly atMost: number; readonly of: 'times' | 'value' };

export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly number[];
  readonly peer?: { readonly name: string; readonly rounds: readonly number[] };
  readonly goal?: Goal;
}

export function rowOf({ name, unit, rounds, peer, goal }: Measured): Row {
  const value = median(rounds);
  const peerValue = peer === undefined || peer.rounds.length === 0 ? null : median(peer.rounds);
  return {
    name,
    value: rounded(value),
    unit,
    peer: peer?.name ?? null,
    peerValue: peerValue === null ? null : rounded(peerValue),
    goal: goal === undefined ? null : goalText(goal),
    met: goal === undefined ? null : isMet(goal, value, peerValue),
  };
}

export function report(measured: Measured): void {
  process.stdout.write(`${JSON.stringify(rowOf(measured))}\n`);
}

export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs all subjects once a round, one after another; the figures of each, in the order of the rounds. */
export async function inTurns<Name extends string>(
  rounds: number,
  subjects: Readonly<Record<Name, () => number | Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    Name,
    number[]
  >;
  for (let round = 0; round < rounds; round++) {
    for (const name of names) figures[name].push(await subjects[name]());
  }
  return figures;
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** Between two figures their mean by distance; throws without any. */
export function quantile(figures: readonly number[], share: number): number {
  if (figures.length === 0) throw new RangeError('no figures');
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  const above = sorted[Math.ceil(at)]!;
  return below + (above - below) * (at - Math.floor(at));
}

function isMet(goal: Goal, value: number, peerValue: number | null): boolean | null {
  if (goal.of === 'times' && peerValue === null) return null;
  const compared = goal.of === 'times' ? value / (peerValue ?? NaN) : value;
  return 'atLeast' in goal ? compared >= goal.atLeast : compared <= goal.atMost;
}

function goalText(goal: Goal): string {
  const [sign, bound] = 'atLeast' in goal ? ['≥', goal.atLeast] : ['≤', goal.atMost];
  return goal.of === 'times' ? `${sign} ${bound} × the peer` : `${sign} ${bound}`;
}

/** Four digits tell all that a noisy machine can. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
