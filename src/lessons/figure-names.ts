/** The names of the figures, apart from what computes them: what checks an author's files needs no engine. */
const ofView = [
  ...(['lost.count', 'lost.seconds', 'survived.count', 'crash.at', 'crash.acknowledged'] as const),
  ...(['acknowledged', 'keys', 'file.bytes', 'rewriting', 'rate', 'p50.ms', 'p99.ms'] as const),
  ...(['offset.appended', 'offset.acknowledged', 'offset.written', 'offset.fsynced'] as const),
  ...(['offset.durable', 'risk.power', 'risk.process'] as const),
] as const;
/** With something behind a colon: `key:visits`, `info:aof_base_size`. */
const ofLane = ['key', 'info', 'config', 'manifest', 'file'] as const;
const others: readonly string[] = ['crash.unsynced', 'digest', 'now'];

export type FigureOfView = (typeof ofView)[number];
export type FigureOfLane = (typeof ofLane)[number];

export function isOfView(name: string): name is FigureOfView {
  return ofView.some((each) => each === name);
}

export function isOfLane(name: string): name is FigureOfLane {
  return ofLane.some((each) => each === name);
}

/** Whether a lesson may speak of it. */
export function isFigure(name: string): boolean {
  const { base, rest } = figureParts(name);
  return rest === null ? isOfView(base) || others.includes(base) : isOfLane(base) && rest !== '';
}

/** `lost.count@always`: of that lane. */
export function figureParts(name: string): {
  readonly base: string;
  readonly rest: string | null;
  readonly lane: string | undefined;
} {
  const [, head = '', lane] = /^(.*?)(?:@([\w-]+))?$/.exec(name) ?? [];
  const colon = head.indexOf(':');
  return colon < 0
    ? { base: head, rest: null, lane }
    : { base: head.slice(0, colon), rest: head.slice(colon + 1), lane };
}
