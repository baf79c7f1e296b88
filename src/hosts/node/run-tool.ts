/** Runs a tool on real files, and the process's own streams. */
import fs from 'node:fs';
import { posix } from 'node:path';
import { bytesOf, type ByteString } from '../../base/bytes.ts';
import { wholeOf } from '../../tools/tool-files.ts';
import { unreachable } from '../../base/assert.ts';
import type { FileAnswer, FileAsk, FileSteps } from '../../tools/tool-steps.ts';
import { realFile, reasonOf } from './check-files.ts';
import { rawPath } from './configuration.ts';
import { writeAll } from './log-output.ts';

const STDIN = 0;
const FDS = { stdout: 1, stderr: 2 } as const;
/** As a shell tells of a program that SIGPIPE ended. */
const READER_GONE = 141;
const DONE: FileAnswer = { answer: 'done' };

/** Its exit status. */
export function runTool(steps: FileSteps): number {
  let next = steps.next();
  while (next.done !== true) {
    const answer = answerToTool(next.value);
    // Nobody reads on: `aof-parse FILE | head`.
    if (next.value.ask === 'print' && answer.answer === 'failed') return READER_GONE;
    next = steps.next(answer);
  }
  return next.value;
}

export function answerToTool(ask: FileAsk): FileAnswer {
  try {
    switch (ask.ask) {
      case 'read-file':
        return read(ask.path);
      case 'write-file':
        replace(ask.path, ask.bytes, ask.folders);
        return DONE;
      case 'print':
        writeAll(FDS[ask.to], bytesOf(ask.text));
        return DONE;
      default:
        return unreachable(ask);
    }
  } catch (thrown) {
    return { answer: 'failed', reason: reasonOf(thrown) };
  }
}

function read(path: ByteString): FileAnswer {
  if (path === '-') return { answer: 'file', bytes: fs.readFileSync(STDIN) };
  const fd = fs.openSync(rawPath(path), 'r');
  try {
    const file = realFile(fd);
    if (file === undefined) return { answer: 'failed', reason: 'Is a directory' };
    return { answer: 'file', bytes: wholeOf(file) };
  } finally {
    fs.closeSync(fd);
  }
}

/** Through a file beside it, which takes its name when all of it is on the disk. */
function replace(path: ByteString, bytes: Uint8Array, folders: 'expect' | 'make'): void {
  const target = rawPath(path);
  if (folders === 'make') fs.mkdirSync(folderOf(path), { recursive: true });
  const special = fs.statSync(target, { throwIfNoEntry: false })?.isFile() === false;
  const written = special ? target : Buffer.concat([target, Buffer.from(`.${process.pid}.tmp`)]);
  const fd = fs.openSync(written, 'w');
  try {
    writeAll(fd, bytes);
    if (!special) fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
  if (!special) fs.renameSync(written, target);
}

/** Node takes no bytes for a folder that is made with those above it. */
function folderOf(path: ByteString): string {
  return Buffer.from(posix.dirname(path), 'latin1').toString();
}
