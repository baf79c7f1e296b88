/**
 * The race's results as a table for other programs (RFC 4180): every number with a decimal point and its unit in the
 * head of its column, whatever the language of the page; what is not known is empty.
 */
import { laneName, type Prediction, type RaceLane } from './race-lanes.ts';
import type { RaceTexts } from './texts.ts';

const columns: readonly string[] = [
  'lane',
  'configuration',
  'rate (commands/s)',
  'latency p50 (ms)',
  'latency p99 (ms)',
  'file (B)',
  'acknowledged (writes)',
  'at risk (writes)',
  'survived (writes)',
  'lost (writes)',
  'window (s)',
  'predicted (s)',
];

export function raceCsv(
  lanes: readonly RaceLane[],
  predictions: ReadonlyMap<string, Prediction>,
  text: RaceTexts,
): string {
  const rows = lanes.map((lane) => {
    const { crash, measured } = lane;
    return [
      lane.id,
      laneName(lane, text),
      number(measured?.commandsPerSecond, 1),
      number(measured?.p50Ms, 3),
      number(measured?.p99Ms, 3),
      number(lane.fileBytes, 0),
      number(lane.acknowledged, 0),
      number(crash === null ? lane.atRisk : null, 0),
      number(crash?.survived, 0),
      number(crash?.lost, 0),
      number(crash === null ? null : crash.ms / 1000, 3),
      String(predictions.get(lane.id) ?? ''),
    ];
  });
  return [columns, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n') + '\r\n';
}

function number(value: number | null | undefined, decimals: number): string {
  return value === null || value === undefined ? '' : value.toFixed(decimals);
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
