/**
 * redis-check-rdb of 7.2 as a program (redis-check-rdb.c; spec §7.2); what it says of a file is in
 * persistence/rdb-report.ts.
 */
import { ascii, type ByteString } from '../base/bytes.ts';
import { redisVersion } from '../engine/version.ts';
import { openingLine, reportRdb } from '../persistence/rdb-report.ts';
import {
  asProgram,
  wholeOf,
  type ToolFiles,
  type ToolProcess,
  type ToolRun,
} from './tool-files.ts';

/** `words`: the arguments, without the name of the program. The usage goes to stderr, everything else to stdout. */
export function checkRdb(
  program: ByteString,
  words: readonly ByteString[],
  files: ToolFiles,
  process: ToolProcess,
): ToolRun & { readonly to: 'stdout' | 'stderr' } {
  const [path] = words;
  if (path === undefined || words.length > 1) {
    return { output: ascii(`Usage: ${program} <rdb-file-name>\n`), exit: 1, to: 'stderr' };
  }
  if (path === '-v' || path === '--version')
    return { output: ascii(`redis-check-rdb ${redisVersion}\n`), exit: 0, to: 'stdout' };
  const file = files.open(path, 'read');
  if (file.kind === 'failed') return { output: openingLine(path), exit: 1, to: 'stdout' };
  const bytes = file.kind === 'read' ? wholeOf(file.content) : new Uint8Array(0);
  const { kind, output } = reportRdb(path, bytes, asProgram(process));
  return { output, exit: kind === 'right' ? 0 : 1, to: 'stdout' };
}
