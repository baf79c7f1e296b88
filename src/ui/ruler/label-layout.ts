/** Where the strip's labels stand so that they never overlap: long where there is room, shorter where there is not. */

export type Measure = (text: string, weight: 400 | 600) => number;

export interface ZoneLabel {
  /** Where the zone starts. */
  readonly x: number;
  /** With its layer's mark in front. */
  readonly marked: boolean;
  /** From the longest to the shortest; the shortest is used when nothing fits. */
  readonly variants: readonly string[];
}

export interface PlacedZoneLabel {
  readonly x: number;
  readonly text: string;
}

/** Zone labels stand at the start of their zone, or as far left of it as the right edge asks. */
export function placeZoneLabels(
  labels: readonly ZoneLabel[],
  width: number,
  measure: Measure,
): readonly PlacedZoneLabel[] {
  const widthOf = (label: ZoneLabel, text: string): number =>
    (label.marked ? glyphRoom : 0) + measure(text, 400);
  const shortest = labels.map((label) => widthOf(label, label.variants.at(-1) ?? ''));
  const before = labels.map((_, i) =>
    shortest.slice(0, i).reduce((sum, each) => sum + each + gap, 0),
  );
  const placed: PlacedZoneLabel[] = [];
  let limit = width;
  for (let i = labels.length - 1; i >= 0; i--) {
    const label = labels[i];
    if (label === undefined) continue;
    const least = before[i] ?? 0;
    const text =
      label.variants.find((variant) => limit - widthOf(label, variant) >= least) ??
      label.variants.at(-1) ??
      '';
    const x = Math.max(0, Math.min(Math.max(label.x, least), limit - widthOf(label, text)));
    placed.unshift({ x, text });
    limit = x - gap;
  }
  return placed;
}

export interface MarkerLabel {
  readonly x: number;
  readonly variants: readonly string[];
}

export interface PlacedMarkerLabel {
  /** Where the text starts and ends; `anchor` says which of the two is exact. */
  readonly x: number;
  readonly end: number;
  readonly anchor: 'start' | 'end';
  readonly row: 0 | 1;
  readonly text: string;
}

/**
 * Marker labels stand right of their line, or left of it near the right edge; of all arrangements without an
 * overlap the one that shortens and moves least is taken. At most three labels, so all can be tried.
 * In one row a label without room is left out: its text is empty.
 */
export function placeMarkerLabels(
  labels: readonly MarkerLabel[],
  width: number,
  measure: Measure,
  rows: 1 | 2 = 2,
): readonly PlacedMarkerLabel[] {
  let best: readonly PlacedMarkerLabel[] = [];
  let least = Infinity;
  const visit = (placed: readonly PlacedMarkerLabel[], cost: number): void => {
    if (cost >= least) return;
    const label = labels[placed.length];
    if (label === undefined) {
      best = placed;
      least = cost;
      return;
    }
    for (const option of options(label, labels, width, measure, rows)) {
      if (placed.some((other) => overlaps(option.label, other))) continue;
      visit([...placed, option.label], cost + option.cost);
    }
  };
  visit([], 0);
  return best;
}

interface Option {
  readonly label: PlacedMarkerLabel;
  readonly cost: number;
}

function options(
  label: MarkerLabel,
  all: readonly MarkerLabel[],
  width: number,
  measure: Measure,
  rows: 1 | 2,
): readonly Option[] {
  const lines = rows === 1 ? ([0] as const) : ([0, 1] as const);
  const found: Option[] = [];
  label.variants.forEach((text, shorter) => {
    const length = measure(text, 600);
    for (const row of lines) {
      for (const side of ['right', 'left'] as const) {
        const x = side === 'right' ? label.x + lineGap : label.x - lineGap - length;
        const outside = x < -0.5 || x + length > width + 0.5;
        if (outside) continue;
        const crossed = all.filter(
          (other) => other !== label && other.x > x - 2 && other.x < x + length + 2,
        ).length;
        const cost = shorter * 10 + row * 12 + crossed * 14 + (side === 'left' ? 1 : 0);
        const anchor = side === 'right' ? 'start' : 'end';
        found.push({ label: { x, end: x + length, anchor, row, text }, cost });
      }
    }
  });
  // Markers close together at an edge: a short label stands where there is room, if not at its line.
  const text = label.variants.at(-1) ?? '';
  const length = measure(text, 600);
  const last = Math.max(0, width - length);
  for (const x of [Math.min(label.x, last), 0, last]) {
    for (const row of lines) {
      const away = Math.abs(x - label.x) / 10;
      found.push({
        label: { x, end: x + length, anchor: 'start', row, text },
        cost: 60 + row + away,
      });
    }
  }
  // In a single row three may be too many: the line itself still says where the marker is.
  if (rows === 1) {
    const nowhere = { x: -1000, end: -1000, anchor: 'start', row: 0, text: '' } as const;
    found.push({ label: nowhere, cost: 200 });
  }
  return found;
}

function overlaps(one: PlacedMarkerLabel, other: PlacedMarkerLabel): boolean {
  if (one.text === '' || other.text === '') return false;
  return one.row === other.row && one.x < other.end + 8 && other.x < one.end + 8;
}

const glyphRoom = 20;
const gap = 16;
const lineGap = 7;
