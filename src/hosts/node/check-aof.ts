/** `node check-aof.mjs [--fix | --truncate-to-timestamp T] FILE`: the lab's redis-check-aof on real files. */
import fs from 'node:fs';
import { ascii, byteStringOf, bytesOf, EMPTY, type ByteString } from '../../base/bytes.ts';
import { checkAof } from '../../tools/check-aof.ts';
import { CheckFiles, toolProcess, toolWords } from './check-files.ts';
import { writeAll } from './log-output.ts';

const STDIN = 0;
const STDOUT = 1;

function main(): void {
  const files = new CheckFiles();
  const around = toolProcess();
  const words = toolWords();
  const program = ascii('redis-check-aof');
  let run = checkAof(program, words, files, around, null);
  writeAll(STDOUT, bytesOf(run.output));
  if (run.kind === 'asks') {
    const told = run.output.length;
    run = checkAof(program, words, files, around, firstByteOfInput());
    writeAll(STDOUT, bytesOf(run.output).subarray(told));
  }
  process.exitCode = run.kind === 'done' ? run.exit : 1;
}

/** A line of a terminal comes whole, and none of it is left to the shell. */
const LINE_ROOM = 4096;

/** '' at the end of the input. */
function firstByteOfInput(): ByteString {
  const line = new Uint8Array(LINE_ROOM);
  for (;;) {
    try {
      return fs.readSync(STDIN, line) === 0 ? EMPTY : byteStringOf(line, 0, 1);
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
      if (code === 'EOF') return EMPTY;
      // A terminal that another program left in non-blocking mode.
      if (code !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

main();
