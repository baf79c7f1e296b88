/** ps. */
import { ascii } from '../../base/bytes.ts';
import {
  print,
  processes,
  write,
  type ProcessRow,
  type ProgramContext,
  type Run,
} from '../program.ts';
import { formatTime } from './date.ts';

export function* ps({ argv }: ProgramContext): Run {
  const flags = argv.slice(1).join('').replace(/-/g, '');
  const rows = yield* processes();
  const all = /[ae]|A|x/.test(flags);
  const shown = rows.filter((row) => all || row.terminal).sort((a, b) => a.pid - b.pid);
  const command = (row: ProcessRow): string =>
    `${row.argv.join(' ')}${row.state === 'Z' ? ' <defunct>' : ''}`;
  if (flags.includes('u')) {
    yield* print('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const row of shown)
      yield* write(
        1,
        ascii(
          `${row.user.padEnd(8)} ${String(row.pid).padStart(7)}  0.0  0.0 ${String(Math.ceil(row.memoryBytes / 1024)).padStart(6)} ${String(Math.ceil(row.memoryBytes / 1024)).padStart(5)} ${(row.terminal ? 'pts/0' : '?').padEnd(8)} ${row.state.padEnd(4)} ${formatTime('%H:%M', row.startedAt)}   0:00 ${command(row)}\n`,
        ),
      );
  } else if (flags.includes('f')) {
    yield* print('UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const row of shown)
      yield* write(
        1,
        ascii(
          `${row.user.padEnd(8)} ${String(row.pid).padStart(7)} ${String(row.parent).padStart(7)}  0 ${formatTime('%H:%M', row.startedAt)} ${(row.terminal ? 'pts/0' : '?').padEnd(8)} 00:00:00 ${command(row)}\n`,
        ),
      );
  } else {
    yield* print('    PID TTY          TIME CMD\n');
    for (const row of shown)
      yield* write(
        1,
        ascii(
          `${String(row.pid).padStart(7)} ${(row.terminal ? 'pts/0' : '?').padEnd(8)} 00:00:00 ${row.program}\n`,
        ),
      );
  }
  return 0;
}
