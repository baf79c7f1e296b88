/** A tool over files (tools/tool-steps.ts) as a program of the machine: what it asks goes through the kernel. */
import { unreachable } from '../../base/assert.ts';
import { byteStringOf, bytesOf, concatBytes, ascii, type ByteString } from '../../base/bytes.ts';
import { secondsOfMicros } from '../../base/time.ts';
import type {
  FileAnswer,
  FileAsk,
  FileSteps,
  ServiceAsk,
  ToolAnswer,
  ToolAsk,
  ToolSteps,
} from '../../tools/tool-steps.ts';
import {
  call,
  close,
  now,
  open,
  read,
  readAll,
  reasonOf,
  write,
  type Program,
  type Run,
} from '../program.ts';

const DONE: FileAnswer = { answer: 'done' };

export function fileTool(tool: (words: readonly ByteString[]) => FileSteps): Program {
  return function* ({ argv, pid }) {
    const steps = tool(argv.slice(1));
    let next = steps.next();
    while (next.done !== true) next = steps.next(yield* answerToFiles(next.value, pid));
    return next.value;
  };
}

/** Runs it to its end; what is asked beside files, output and the time, `service` answers. */
export function* runTool(
  steps: ToolSteps,
  pid: number,
  service: (ask: ServiceAsk) => Run<ToolAnswer>,
): Run {
  let next = steps.next();
  while (next.done !== true) next = steps.next(yield* answer(next.value, pid, service));
  return next.value;
}

function* answer(
  ask: ToolAsk,
  pid: number,
  service: (ask: ServiceAsk) => Run<ToolAnswer>,
): Run<ToolAnswer> {
  switch (ask.ask) {
    case 'read-file':
    case 'write-file':
    case 'print':
      return yield* answerToFiles(ask, pid);
    case 'now':
      return { answer: 'number', value: secondsOfMicros(yield* now()) };
    default:
      return yield* service(ask);
  }
}

function* answerToFiles(ask: FileAsk, pid: number): Run<FileAnswer> {
  switch (ask.ask) {
    case 'read-file':
      return yield* readFile(ask.path);
    case 'write-file':
      return yield* replaceFile(ask, pid);
    case 'print':
      yield* write(ask.to === 'stdout' ? 1 : 2, ask.text);
      return DONE;
    default:
      return unreachable(ask);
  }
}

function* readFile(path: ByteString): Run<FileAnswer> {
  if (path === '-') return { answer: 'file', bytes: bytesOf(yield* readAll(0)) };
  const found = yield* call({ call: 'stat', path });
  if (found.ok && found.stat?.kind === 'directory')
    return { answer: 'failed', reason: 'Is a directory' };
  const fd = yield* open(path, 'read');
  if (typeof fd === 'object') return { answer: 'failed', reason: reasonOf(fd.errno) };
  const parts: ByteString[] = [];
  for (let bytes = yield* read(fd); bytes !== ''; bytes = yield* read(fd)) parts.push(bytes);
  yield* close(fd);
  return { answer: 'file', bytes: bytesOf(concatBytes(...parts)) };
}

/** Through a file beside it, which takes its name when all of it is on the disk. */
function* replaceFile(ask: Extract<FileAsk, { ask: 'write-file' }>, pid: number): Run<FileAnswer> {
  if (ask.folders === 'make') {
    const names = ask.path.split('/').slice(0, -1);
    for (let i = 1; i <= names.length; i++) {
      const folder = names.slice(0, i).join('/');
      if (folder !== '') yield* call({ call: 'mkdir', path: folder, mode: 0o755 });
    }
  }
  if (ask.path.startsWith('/dev/')) {
    const device = yield* open(ask.path, 'truncate');
    if (typeof device === 'object') return { answer: 'failed', reason: reasonOf(device.errno) };
    yield* write(device, byteStringOf(ask.bytes));
    return DONE;
  }
  const beside = ascii(`${ask.path}.${pid}.tmp`);
  const opened = yield* call({ call: 'open', path: beside, mode: 'truncate' });
  if (!opened.ok) return { answer: 'failed', reason: reasonOf(opened.errno) };
  let failed: string | undefined;
  for (let at = 0; at < ask.bytes.length && failed === undefined;) {
    const written = yield* call({ call: 'write', fd: opened.value, bytes: ask.bytes.subarray(at) });
    if (written.ok) at += written.value;
    else failed = reasonOf(written.errno);
  }
  const synced = yield* call({ call: 'fsync', fd: opened.value });
  if (!synced.ok) failed ??= reasonOf(synced.errno);
  yield* call({ call: 'close', fd: opened.value });
  if (failed === undefined) {
    const renamed = yield* call({ call: 'rename', from: beside, to: ask.path });
    if (renamed.ok) return DONE;
    failed = reasonOf(renamed.errno);
  }
  yield* call({ call: 'unlink', path: beside });
  return { answer: 'failed', reason: failed };
}
