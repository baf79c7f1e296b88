/** The race as a PNG for a slide or a report: drawn by hand, as the page's policy lets no picture of a picture in. */
import type { Frame } from '../../worker/protocol.ts';
import { locale } from '../i18n/locale.svelte.ts';
import {
  laneName,
  predictionText,
  raceCrash,
  type CurvePoint,
  type Prediction,
  type RaceLane,
} from './race-lanes.ts';
import { headHeight, pictureHeight, pictureWidth, rowHeight } from './race-picture-size.ts';
import { spanX, timeTicks, topOf, type RaceSpan } from './race-scale.ts';
import { lossText } from './shown-lane.ts';
import { partCurve } from './shown-part.ts';
import { raceTexts, type RaceTexts } from './texts.ts';

const scale = 2;
const margin = 32;
const curve = { left: 470, width: 330, height: 70 };

/** The part of the run that is drawn. */
export interface PicturedPart {
  readonly span: RaceSpan;
  readonly isWhole: boolean;
}

/** The bytes of a PNG of twice `pictureWidth` by twice `pictureHeight` pixels, in the colours of the page. */
export async function racePicture(
  frame: Frame,
  lanes: readonly RaceLane[],
  predictions: ReadonlyMap<string, Prediction>,
  { span, isWhole }: PicturedPart,
): Promise<Uint8Array> {
  const canvas = document.createElement('canvas');
  canvas.width = pictureWidth * scale;
  canvas.height = pictureHeight(lanes.length) * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser draws no pictures');
  context.scale(scale, scale);
  const pen = new Pen(context);
  const text = raceTexts();
  pen.box(0, 0, pictureWidth, pictureHeight(lanes.length), 'panel');
  drawHead(pen, lanes, text);
  const curves = lanes.map((lane) => (isWhole ? lane.curve : partCurve(lane.curve, span)));
  const scales = { span, isWhole, top: topOf(curves), text };
  for (const [i, lane] of lanes.entries()) {
    const prediction = predictions.get(lane.id);
    drawLane(pen, lane, curves[i]!, prediction, headHeight + i * rowHeight, scales);
  }
  drawFoot(pen, frame, scales, headHeight + lanes.length * rowHeight);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('this browser made no PNG'));
      else blob.arrayBuffer().then((bytes) => resolve(new Uint8Array(bytes)), reject);
    }, 'image/png');
  });
}

type Ink =
  | 'panel'
  | 'line'
  | 'ink'
  | 'ink-2'
  | 'lost'
  | 'lost-tint'
  | 'buffer'
  | 'buffer-tint'
  | 'cache'
  | 'cache-tint'
  | 'disk-fill';

class Pen {
  readonly context: CanvasRenderingContext2D;
  readonly #style = getComputedStyle(document.documentElement);
  constructor(context: CanvasRenderingContext2D) {
    this.context = context;
  }
  colour(ink: Ink): string {
    return this.#style.getPropertyValue(`--${ink}`).trim();
  }
  box(x: number, y: number, width: number, height: number, ink: Ink): void {
    this.context.fillStyle = this.colour(ink);
    this.context.fillRect(x, y, width, height);
  }
  words(
    what: string,
    x: number,
    y: number,
    font: string,
    ink: Ink,
    align: CanvasTextAlign = 'left',
  ) {
    this.context.font = font;
    this.context.fillStyle = this.colour(ink);
    this.context.textAlign = align;
    this.context.fillText(what, x, y);
  }
}

const sans = (size: number, weight = 400): string =>
  `${weight} ${size}px 'IBM Plex Sans Variable', 'IBM Plex Sans', system-ui, sans-serif`;
const mono = (size: number, weight = 400): string =>
  `${weight} ${size}px 'IBM Plex Mono', ui-monospace, monospace`;

function drawHead(pen: Pen, lanes: readonly RaceLane[], text: RaceTexts): void {
  const crash = raceCrash(lanes);
  const cut = crash?.kind === 'power-lost' ? text.cut : text.killed;
  pen.words(
    crash === null ? text.running(lanes.length) : cut(crash.at),
    margin,
    48,
    sans(26, 600),
    'ink',
  );
  const y = headHeight - 12;
  const { columns } = text;
  pen.words(columns.lane, margin, y, sans(13), 'ink-2');
  pen.words(columns.speed, 290, y, sans(13), 'ink-2');
  pen.words(columns.risk, curve.left, y, sans(13, 600), 'ink');
  pen.words(columns.window, 915, y, sans(13, 600), 'ink', 'right');
  pen.words(columns.acknowledged, 1010, y, sans(13), 'ink-2', 'right');
  pen.words(columns.survived, 1090, y, sans(13), 'ink-2', 'right');
  pen.words(columns.lost, pictureWidth - margin, y, sans(13, 600), 'ink', 'right');
}

interface Scales {
  readonly span: RaceSpan;
  readonly isWhole: boolean;
  readonly top: number;
  readonly text: RaceTexts;
}

function drawLane(
  pen: Pen,
  lane: RaceLane,
  points: readonly CurvePoint[],
  prediction: Prediction | undefined,
  y: number,
  scales: Scales,
): void {
  const { text } = scales;
  const { crash, measured } = lane;
  pen.box(0, y, pictureWidth, 1, 'line');
  pen.words(laneName(lane, text), margin, y + 42, mono(16, 600), 'ink');
  if (measured !== null) {
    pen.words(text.rate(measured.commandsPerSecond), 290, y + 28, mono(15), 'ink');
    if (measured.p50Ms !== null)
      pen.words(`p50 ${text.ms(measured.p50Ms)}`, 290, y + 48, mono(13), 'ink-2');
    if (measured.p99Ms !== null)
      pen.words(`p99 ${text.ms(measured.p99Ms)}`, 290, y + 68, mono(13), 'ink-2');
  }
  const file = lane.fileBytes === null ? text.noFile : locale.bytes(lane.fileBytes);
  pen.words(file, 290, y + 88, mono(13), 'ink-2');
  drawCurve(pen, lane, points, y + 12, scales);
  pen.words(locale.count(lane.acknowledged), 1010, y + 56, mono(15), 'ink', 'right');
  if (prediction !== undefined) {
    const said = `${text.legend.predicted}: ${predictionText(prediction, text)}`;
    pen.words(said, 915, y + 34, sans(13), 'ink-2', 'right');
  }
  if (crash === null) return;
  pen.words(
    text.duration(crash.ms),
    915,
    y + 56,
    mono(15, 600),
    crash.lost > 0 ? 'lost' : 'ink',
    'right',
  );
  pen.words(locale.count(crash.survived), 1090, y + 56, mono(15), 'ink-2', 'right');
  pen.words(locale.count(crash.lost), pictureWidth - margin, y + 56, mono(18, 600), 'ink', 'right');
}

function drawCurve(
  pen: Pen,
  lane: RaceLane,
  shown: readonly CurvePoint[],
  y: number,
  { span, isWhole, top, text }: Scales,
): void {
  const { context } = pen;
  const { points, lastFall } = placed(shown, y, span, top);
  const base = y + curve.height;
  const layer = lane.kind === 'none' || lane.kind === 'rdb' ? 'buffer' : 'cache';
  const lost = lane.crash !== null && lane.crash.lost > 0;
  const split = lost ? lastFall : points.length;
  const parts = [
    { from: 0, to: split, line: layer, tint: `${layer}-tint` },
    { from: split, to: points.length, line: 'lost', tint: 'lost-tint' },
  ] as const;
  for (const { from, to, line, tint } of parts) {
    const part = points.slice(from, to);
    const first = part[0];
    const last = part.at(-1);
    if (first === undefined || last === undefined) continue;
    context.beginPath();
    context.moveTo(first.x, base);
    for (const { x, y: at } of part) context.lineTo(x, at);
    context.lineTo(last.x, base);
    context.fillStyle = pen.colour(tint);
    context.fill();
    context.beginPath();
    for (const { x, y: at } of part) context.lineTo(x, at);
    context.strokeStyle = pen.colour(line);
    context.lineWidth = 1.5;
    context.stroke();
  }
  pen.box(curve.left, base, curve.width, 1, 'line');
  if (lane.peak === 0) pen.box(curve.left, base + 5, curve.width, 5, 'disk-fill');
  const most =
    lane.crash === null || !isWhole ? lossText(lane, span, text) : text.atMost(lane.peak);
  pen.words(most, curve.left, y + 10, sans(13), 'ink-2');
}

function placed(shown: readonly CurvePoint[], y: number, span: RaceSpan, top: number) {
  let lastFall = 0;
  const points = shown.map(({ at, writes }, i) => {
    if (i > 0 && writes < shown[i - 1]!.writes) lastFall = i;
    return {
      x: curve.left + spanX(at, span, curve.width),
      y: y + curve.height - (Math.min(writes, top) / top) * (curve.height - 16),
    };
  });
  return { points, lastFall };
}

function drawFoot(pen: Pen, frame: Frame, { span, isWhole, text }: Scales, y: number): void {
  pen.box(0, y, pictureWidth, 1, 'line');
  const { at, decimals } = timeTicks(span, 5);
  for (const tick of at) {
    const x = curve.left + spanX(tick, span, curve.width);
    const label = (tick / 1000).toFixed(decimals).replace('.', locale.text.numbers.decimal);
    pen.words(`${label} ${text.axisUnit}`, x, y + 18, mono(12), 'ink-2', 'center');
  }
  const { workload, disk, seed } = frame;
  const rate = workload?.loop === 'closed' ? text.closedLoop : text.rate(workload?.rate ?? 0);
  const load = workload === null ? text.noWorkload : text.workload(rate, workload.clients ?? 4);
  const part = isWhole ? text.zoom.whole : text.zoom.pictured(span.from, span.to);
  const foot = text.pictureFoot(load, locale.text.disks[disk.preset], seed, part);
  pen.words(foot, margin, y + 50, sans(13), 'ink-2');
}
