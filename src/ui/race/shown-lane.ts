/** What is told of a lane at the accident, where the part of the run is shown that it stands in. */
import type { RaceLane } from './race-lanes.ts';
import type { RaceSpan } from './race-scale.ts';
import type { RaceTexts } from './texts.ts';

/** `296 lost, answered since 102.003 s`; at risk now, or at most, where the accident is not in sight. */
export function lossText(lane: RaceLane, span: RaceSpan, text: RaceTexts): string {
  const { crash } = lane;
  if (crash === null) return text.atRiskNow(lane.atRisk);
  if (crash.at < span.from || crash.at > span.to) return text.zoom.cutElsewhere;
  return crash.lost === 0 ? text.zoom.noneLost : text.zoom.lost(crash.lost, crash.at - crash.ms);
}
