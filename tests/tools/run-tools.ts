/** Runs cases through the real tool, many in one shell, and through ours in process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteString } from '../../src/base/bytes.ts';
import { inMemory, type OpenedFile, type ToolFiles } from '../../src/tools/tool-files.ts';
import type { ToolCase } from './damaged-logs.ts';

export interface Outcome {
  readonly output: string;
  /** Above 128: it died of a signal. */
  readonly exit: number;
  /** As they are afterwards: a char a byte, in the order of the case's files. */
  readonly files: readonly string[];
}

/** Two shells at once, each with every other case. */
export async function runReal(tool: string, cases: readonly ToolCase[]): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'real-tool-'));
  try {
    const calls = cases.map((one, i) => prepare(folder, tool, one, i));
    await Promise.all([0, 1].map((half) => shell(calls.filter((_, i) => i % 2 === half))));
    return cases.map(({ files }, i) => ({
      output: readFileSync(join(folder, `${i}.out`), 'latin1'),
      exit: Number(readFileSync(join(folder, `${i}.exit`), 'latin1')),
      files: [...files.keys()].map((name) => readFileSync(join(folder, String(i), name), 'latin1')),
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepare(folder: string, tool: string, { files, words, stdin }: ToolCase, i: number) {
  const directory = join(folder, String(i));
  mkdirSync(directory);
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
  writeFileSync(join(folder, `${i}.in`), stdin);
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const call = [tool, ...quoted].join(' ');
  return `cd ${directory}\n${call} <../${i}.in >../${i}.out 2>&1\necho $? >../${i}.exit\n`;
}

async function shell(calls: readonly string[]): Promise<void> {
  const running = spawn('sh', ['-s'], { stdio: ['pipe', 'ignore', 'ignore'] });
  running.stdin.end(calls.join(''));
  const [code] = await once(running, 'close');
  if (code !== 0) throw new Error(`sh ended with ${code}`);
}

/** Files in memory, named without a directory. */
export class MemoryFiles implements ToolFiles {
  readonly files: Map<string, Uint8Array>;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = new Map(files);
  }

  open(path: ByteString, access: 'read' | 'update'): OpenedFile {
    if (path === './' && access === 'read') return { kind: 'unreadable' };
    if (path === './') return { kind: 'failed', reason: 'Is a directory' };
    if (path.slice(path.lastIndexOf('/') + 1).length > 255)
      return { kind: 'failed', reason: 'File name too long' };
    const bytes = this.files.get(plain(path));
    if (bytes === undefined) return { kind: 'failed', reason: 'No such file or directory' };
    return { kind: 'read', content: inMemory(bytes) };
  }

  truncate(path: ByteString, size: number): boolean {
    this.files.set(plain(path), this.files.get(plain(path))!.slice(0, size));
    return true;
  }
}

function plain(path: ByteString): string {
  return path.replace(/^\.\//, '');
}

/** Process and time of lines that go through the server's log. */
export function withoutLogPrefix(output: string): string {
  return output.replace(/^\d+:C \d+ \w+ \d+ [\d:.]+ # /gm, '<log> ');
}

/**
 * A line that ends in its number: the real tool prints a NUL, and then the byte that its buffer still held behind it.
 * Ours says a second NUL.
 */
export function withoutLeftOver(output: string, ours: string): string {
  if (!ours.includes('got: 0000\n')) return output;
  return output.replace(/got: 00(ffffff)?[0-9a-f]{2}\n/, 'got: 00..\n');
}
