/** Runs a tool on files in memory. */
import { ascii, byteStringOf, bytesOf, type ByteString } from '../../src/base/bytes.ts';
import type { ToolSteps } from '../../src/tools/tool-steps.ts';

export interface ToolOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
  /** As they are afterwards, a char a byte. */
  readonly files: Readonly<Record<string, string>>;
  /** The longest text that was printed at once. */
  readonly longestPiece: number;
}

export function runSteps(
  steps: ToolSteps,
  given: Readonly<Record<string, string | Uint8Array>> = {},
): ToolOutcome {
  const files = new Map<string, ByteString>();
  for (const [name, content] of Object.entries(given))
    files.set(name, typeof content === 'string' ? ascii(content) : byteStringOf(content));
  const printed = { stdout: '', stderr: '' };
  let longestPiece = 0;
  let next = steps.next();
  while (next.done !== true) {
    const ask = next.value;
    if (ask.ask === 'print') {
      printed[ask.to] += ask.text;
      longestPiece = Math.max(longestPiece, ask.text.length);
      next = steps.next({ answer: 'done' });
    } else if (ask.ask === 'read-file') {
      const content = files.get(ask.path);
      next = steps.next(
        content === undefined
          ? { answer: 'failed', reason: 'No such file or directory' }
          : { answer: 'file', bytes: bytesOf(content) },
      );
    } else if (ask.path.startsWith('/read-only/')) {
      next = steps.next({ answer: 'failed', reason: 'Read-only file system' });
    } else {
      files.set(ask.path, byteStringOf(ask.bytes));
      next = steps.next({ answer: 'done' });
    }
  }
  return { ...printed, exit: next.value, files: Object.fromEntries(files), longestPiece };
}
