/** What the race shows of each lane, from the lab's own numbers; table, chart, notes and exports read the same. */
import type { Crash, LaneFrame, Measured } from '../../worker/protocol.ts';
import type { LaneKind } from './race-presets.ts';
import type { RaceTexts } from './texts.ts';

/** Seconds that a learner expects a lane to forget; `all`: everything. */
export type Prediction = number | 'all';

export interface RaceLane {
  readonly id: string;
  readonly kind: LaneKind;
  /** Its id, where two lanes are alike; else empty. */
  readonly alias: string;
  readonly savePoints: string;
  readonly state: LaneFrame['view']['state'];
  readonly power: 'on' | 'off';
  /** The last accident; its numbers stay until the next one. */
  readonly crash: Crash | null;
  /** Of the moment of the crash, if there was one. */
  readonly measured: Measured | null;
  readonly fileBytes: number | null;
  readonly durableTo: number | null;
  readonly acknowledged: number;
  readonly atRisk: number;
  /** Times (ms) and writes at risk, up to the crash or to now. */
  readonly curve: readonly CurvePoint[];
  readonly peak: number;
}

export interface CurvePoint {
  readonly at: number;
  readonly writes: number;
}

export function raceLanes(lanes: readonly LaneFrame[], now: number): readonly RaceLane[] {
  const kinds = lanes.map(({ view }) => kindOf(view));
  return lanes.map(({ view, curve }, i) => {
    const { crash } = view;
    const kind = kinds[i]!;
    const end = crash?.at ?? now;
    const writes = crash?.lost ?? view.atRisk.powerLoss.writes;
    const points = [...pointsOf(curve, end), { at: end, writes }];
    return {
      id: view.id,
      kind,
      alias: kinds.filter((other) => other === kind).length > 1 ? view.id : '',
      savePoints: view.savePoints,
      state: view.state,
      power: view.power,
      crash,
      measured: crash === null ? view.measured : crash.measured,
      fileBytes: crash === null ? view.fileBytes : crash.fileBytes,
      durableTo: crash === null ? view.durableTo : crash.durableTo,
      acknowledged: crash?.acknowledged ?? view.acknowledgedWrites,
      atRisk: view.atRisk.powerLoss.writes,
      curve: points,
      peak: points.reduce((most, point) => Math.max(most, point.writes), 0),
    };
  });
}

function kindOf({ policy, savePoints }: LaneFrame['view']): LaneKind {
  return policy ?? (savePoints === '' ? 'none' : 'rdb');
}

function pointsOf(curve: Float64Array | null, end: number): CurvePoint[] {
  const points: CurvePoint[] = [];
  for (let i = 0; curve !== null && i + 1 < curve.length && curve[i]! <= end; i += 2)
    points.push({ at: curve[i]!, writes: curve[i + 1]! });
  return points;
}

/** The accident that ended the race: the last one of any lane; null while none has happened. */
export function raceCrash(lanes: readonly RaceLane[]): Crash | null {
  return lanes.reduce<Crash | null>(
    (last, { crash }) => (crash !== null && (last === null || crash.at > last.at) ? crash : last),
    null,
  );
}

/** How long the lane's clients had been answered, in ms: what `all` stands for. */
export function wholeMs({ crash, measured }: RaceLane): number {
  return crash === null || measured === null ? 0 : crash.at - measured.since;
}

/** The window that was predicted, in ms. */
export function predictedMs(prediction: Prediction, lane: RaceLane): number {
  return prediction === 'all' ? wholeMs(lane) : prediction * 1000;
}

/** `all` was right if nothing came back. */
export function isRight(prediction: Prediction, lane: RaceLane): boolean {
  const { crash } = lane;
  if (crash === null) return false;
  if (prediction === 'all') return crash.survived === 0 && crash.lost > 0;
  return Math.abs(prediction * 1000 - crash.ms) <= Math.max(250, crash.ms / 4);
}

/** The lane that was misjudged most, by factors; null where every prediction was right. */
export function biggestMiss(
  lanes: readonly RaceLane[],
  predictions: ReadonlyMap<string, Prediction>,
): RaceLane | null {
  let worst: RaceLane | null = null;
  let worstFactor = 1;
  for (const lane of lanes) {
    const prediction = predictions.get(lane.id);
    if (prediction === undefined || lane.crash === null || isRight(prediction, lane)) continue;
    const said = predictedMs(prediction, lane) + 100;
    const was = lane.crash.ms + 100;
    const factor = Math.max(said / was, was / said);
    if (factor > worstFactor) [worst, worstFactor] = [lane, factor];
  }
  return worst;
}

/** What an fsync before each reply costs here, beside the fastest lane without it. */
export interface PriceOfAlways {
  readonly always: Measured;
  readonly other: Measured;
  /** It could not serve what came. */
  readonly slower: boolean;
}

export function priceOfAlways(lanes: readonly RaceLane[]): PriceOfAlways | null {
  const always = lanes.find(({ kind }) => kind === 'always')?.measured ?? null;
  let other: Measured | null = null;
  for (const { kind, measured } of lanes) {
    if (kind === 'always' || measured === null) continue;
    if (other === null || measured.commandsPerSecond > other.commandsPerSecond) other = measured;
  }
  if (always === null || other === null || always.commands === 0 || other.commands === 0)
    return null;
  return { always, other, slower: always.commandsPerSecond < other.commandsPerSecond * 0.97 };
}

/** `appendfsync everysec`, `RDB`; with the lane's id where two are alike. */
export function laneName({ kind, alias }: RaceLane, text: RaceTexts): string {
  return alias === '' ? text.kinds[kind] : `${text.kinds[kind]} (${alias})`;
}

/** What the lane keeps and how far it has come, in a sentence. */
export function laneReason({ kind, savePoints, durableTo }: RaceLane, text: RaceTexts): string {
  const { reasons } = text;
  switch (kind) {
    case 'none':
      return reasons.none;
    case 'rdb':
      return durableTo === null ? reasons.rdbFirst(savePoints) : reasons.rdb(savePoints, durableTo);
    case 'no':
      return durableTo === null ? reasons.noFirst : reasons.no(durableTo);
    case 'everysec':
      return durableTo === null ? reasons.everysecFirst : reasons.everysec(durableTo);
    case 'always':
      return reasons.always;
  }
}

/** Why the lane lost what it lost. */
export function laneWhy({ kind, durableTo, crash }: RaceLane, text: RaceTexts): string {
  return kind === 'none' ? text.why.none(crash?.lost ?? 0) : text.why[kind](durableTo);
}

/** `1.50 s`, or `all`. */
export function predictionText(prediction: Prediction, text: RaceTexts): string {
  return prediction === 'all' ? text.all : text.duration(prediction * 1000);
}
