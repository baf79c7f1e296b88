/** `node check-rdb.mjs FILE`: the lab's redis-check-rdb on real files. */
import { ascii, bytesOf } from '../../base/bytes.ts';
import { checkRdb } from '../../tools/check-rdb.ts';
import { CheckFiles, toolProcess, toolWords } from './check-files.ts';
import { writeAll } from './log-output.ts';

const FDS = { stdout: 1, stderr: 2 } as const;

function main(): void {
  const run = checkRdb(ascii('redis-check-rdb'), toolWords(), new CheckFiles(), toolProcess());
  writeAll(FDS[run.to], bytesOf(run.output));
  process.exitCode = run.exit;
}

main();
