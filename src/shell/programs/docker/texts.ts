/** Tables and words as docker's command line has them. */
import type { Micros } from '../../../base/time.ts';
import { complain, type Run } from '../../program.ts';

/** text/tabwriter with a least width of 10 and a padding of 3. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(10, Math.max(...rows.map((row) => row[column]?.length ?? 0)) + 3),
  );
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
        .join('')
        .concat('\n'),
    )
    .join('');
}

/** go-units: HumanDuration. */
export function humanDuration(micros: Micros): string {
  const seconds = Math.floor(micros / 1_000_000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(seconds / 3600 + 0.5);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}

export function* daemonError(text: string): Run {
  yield* complain(`Error response from daemon: ${text}`);
  return 1;
}

/** What `docker run` says when nothing was run. */
export function* runError(text: string, status = 125): Run {
  yield* complain(`docker: Error response from daemon: ${text}.\nSee 'docker run --help'.`);
  return status;
}

export function* wrongUse(command: string, text: string, status = 125): Run {
  yield* complain(`${text}\nSee 'docker ${command} --help'.`);
  return status;
}

export function* noContainer(word: string): Run {
  return yield* daemonError(`No such container: ${word}`);
}
