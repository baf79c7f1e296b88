/**
 * The ruler's sentence: two clauses, one for each accident, always true. What they say is decided here once;
 * the ruler, the dock of a phone and the live region only differ in how they set it.
 */
import type { Dictionary } from '../i18n/en.ts';
import { count, percent } from '../i18n/numbers.ts';
import type { LayerMark } from '../parts/layer-mark.ts';
import { plainText } from '../parts/rich-pieces.ts';
import type { Crash, LaneView, Risk } from '../../worker/protocol.ts';

export interface Clause {
  readonly label: string;
  /** `label` where there is no room for a sentence: `If the power failed now`. */
  readonly shortLabel: string;
  readonly marks: readonly LayerMark[];
  /** "all", in front of the figure. */
  readonly lead: string | null;
  readonly figure: string | null;
  /** What follows the figure, with `**` marks. */
  readonly rest: string;
  readonly shortRest: string;
  readonly aside: string | null;
}

export interface Sentence {
  readonly power: Clause;
  readonly process: Clause;
}

/**
 * `commands`: how many the replayed file holds, where that is known. `predicting`: what an accident would take is
 * being predicted, so the figures wait for the answer.
 */
export function sentenceOf(
  view: LaneView | null,
  commands: number | null,
  text: Dictionary,
  predicting = false,
): Sentence {
  if (view === null) {
    const clause = plain(text.sentence.starting, text.sentence.startingWhy);
    return { power: clause, process: nowClause('process', noRisk, text, {}) };
  }
  switch (view.state) {
    case 'loading':
      return replaySentence(view, commands, text);
    case 'stopped':
      return stoppedSentence(view, text);
    case 'failed':
      return {
        power: pastOrNow(view, text),
        process: plain(text.sentence.refused, text.sentence.refusedWhy),
      };
    case 'running':
      return predicting ? maskedSentence(text) : runningSentence(view, text);
  }
}

/** One clause as a screen reader says it. */
export function spoken(clause: Clause): string {
  const parts = [clause.label, clause.lead, clause.figure, plainText(clause.rest), clause.aside];
  return parts.filter((part) => part !== null && part !== '').join(' ');
}

function runningSentence(view: LaneView, text: Dictionary): Sentence {
  const { powerLoss, processKill } = view.atRisk;
  const all = view.appended === null ? view.acknowledgedWrites : null;
  const untouched = view.acknowledgedWrites === 0 && view.unacknowledged === 0;
  const inCache = powerLoss.writes > processKill.writes;
  const powerMarks: LayerMark[] = [];
  if (inCache && all === null) powerMarks.push('cache');
  if (processKill.writes > 0) powerMarks.push('buffer');
  const inBuffer = processKill.writes > 0 || view.unacknowledged > 0;
  const removed = view.fileRemoved;
  const s = text.sentence;
  return {
    power: nowClause('power', powerLoss, text, { marks: powerMarks, all, untouched, removed }),
    process: nowClause('process', processKill, text, {
      marks: inBuffer ? ['buffer'] : [],
      all,
      removed,
      aside: view.unacknowledged > 0 ? s.inFlight(view.unacknowledged) : null,
    }),
  };
}

/** The question alone: a figure beside it would be the answer. */
function maskedSentence(text: Dictionary): Sentence {
  const s = text.sentence;
  const masked = { ...plain('', s.predictFirst), shortRest: s.predictFirstShort };
  return {
    power: { ...masked, label: s.powerNow, shortLabel: s.powerNowShort },
    process: { ...masked, label: s.processNow, shortLabel: s.processNowShort },
  };
}

interface NowOptions {
  readonly marks?: readonly LayerMark[];
  /** Without an AOF: how many writes there are in all. */
  readonly all?: number | null;
  readonly untouched?: boolean;
  /** A file of the log is gone, and the writes with it. */
  readonly removed?: boolean;
  readonly aside?: string | null;
}

function nowClause(
  accident: 'power' | 'process',
  risk: Risk,
  text: Dictionary,
  options: NowOptions,
): Clause {
  const s = text.sentence;
  const everything = options.all !== null && options.all !== undefined && options.all > 0;
  const total = everything && options.all === risk.writes;
  return {
    label: accident === 'power' ? s.powerNow : s.processNow,
    shortLabel: accident === 'power' ? s.powerNowShort : s.processNowShort,
    marks: options.marks ?? [],
    lead: total ? s.all : null,
    figure: count(risk.writes, text.numbers),
    rest: total
      ? s.noFile
      : options.removed === true && risk.writes > 0
        ? s.fileRemoved
        : options.untouched === true
          ? s.nothingWritten
          : s.wouldBeLost(risk.writes, risk.ms),
    shortRest: s.wouldBeLostShort(risk.writes, risk.ms),
    aside: options.aside ?? null,
  };
}

function stoppedSentence(view: LaneView, text: Dictionary): Sentence {
  const s = text.sentence;
  const { crash } = view;
  if (crash === null) {
    return {
      power: nowClause('power', view.atRisk.powerLoss, text, {
        marks: view.atRisk.powerLoss.writes > 0 ? ['cache'] : [],
      }),
      process: {
        ...plain(s.stopped, s.ofWrites(view.acknowledgedWrites)),
        marks: ['disk'],
        figure: count(view.acknowledgedWrites, text.numbers),
      },
    };
  }
  return { power: pastClause(crash, text), process: keptClause(crash, s.bootWill, text) };
}

function pastOrNow(view: LaneView, text: Dictionary): Clause {
  if (view.crash !== null) return pastClause(view.crash, text);
  return nowClause('power', view.atRisk.powerLoss, text, {});
}

function pastClause(crash: Crash, text: Dictionary): Clause {
  const s = text.sentence;
  const label = crash.kind === 'power-lost' ? s.powerCutAt(crash.at) : s.killedAt(crash.at);
  return {
    label,
    shortLabel: label.replace(/:$/, ''),
    marks: crash.lost > 0 ? ['lost'] : [],
    lead: null,
    figure: count(crash.lost, text.numbers),
    rest: s.areLost(crash.lost, crash.ms),
    shortRest: s.wouldBeLostShort(crash.lost, crash.ms),
    aside: null,
  };
}

function keptClause(crash: Crash, label: string, text: Dictionary): Clause {
  const kept = crash.recount?.survived ?? crash.survived;
  return {
    label,
    shortLabel: label.replace(/:$/, ''),
    marks: ['disk'],
    lead: null,
    figure: count(kept, text.numbers),
    rest: text.sentence.ofWrites(crash.acknowledged),
    shortRest: text.sentence.ofShort(crash.acknowledged),
    aside: null,
  };
}

function replaySentence(view: LaneView, commands: number | null, text: Dictionary): Sentence {
  const s = text.sentence;
  const loading = view.loading;
  const share = loading === null || loading.total === 0 ? 0 : loading.bytes / loading.total;
  const rest = s.ofCommands(loading?.commands ?? 0, commands);
  const power: Clause = {
    ...plain(s.replaying, rest),
    figure: percent(share),
  };
  const process =
    view.crash === null
      ? nowClause('process', view.atRisk.processKill, text, {})
      : keptClause(view.crash, s.fileKept, text);
  return { power, process };
}

function plain(label: string, rest: string): Clause {
  return {
    label,
    shortLabel: label.replace(/:$/, ''),
    marks: [],
    lead: null,
    figure: null,
    rest,
    shortRest: rest,
    aside: null,
  };
}

const noRisk: Risk = { writes: 0, ms: 0 };
