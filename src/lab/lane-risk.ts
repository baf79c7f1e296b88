/** What a loss of power would take of a lane, as it changes: samples for the timeline, points of the run's own curve. */
import { writesAtRisk } from './crash.ts';
import type { Lane } from './lane.ts';
import { addRisk } from './risk-curve.ts';

const RISK_EVERY_MS = 100;

/** A sample for the timeline: time in ms, acknowledged writes at risk if the power fails. */
export function sampleRisk(lane: Lane): void {
  lane.state.riskSamples.push(lane.labNow(), writesAtRisk(lane));
}

/** A point of the run's curve. */
export function noteRisk(lane: Lane): void {
  addRisk(lane.state.riskCurve, lane.labNow(), writesAtRisk(lane));
}

/** The curve rises with the replies: a point now and then tells how steeply. */
export function noteRiskNowAndThen(lane: Lane): void {
  const { points } = lane.state.riskCurve;
  if (lane.labNow() - (points[points.length - 2] ?? 0) >= RISK_EVERY_MS) noteRisk(lane);
}

/** Does what may make writes safe: both curves show how many were at risk just before, and just after. */
export function falling(lane: Lane, act: () => void): void {
  const before = writesAtRisk(lane);
  act();
  const after = writesAtRisk(lane);
  if (after >= before) return;
  const at = lane.labNow();
  lane.state.riskSamples.push(at, before, at, after);
  addRisk(lane.state.riskCurve, at, before);
  addRisk(lane.state.riskCurve, at, after);
}
