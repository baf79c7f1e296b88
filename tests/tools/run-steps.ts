/** Runs a tool on files in memory. */
import { ascii, byteStringOf, bytesOf, type ByteString } from '../../src/base/bytes.ts';
import type { ServiceAsk, ToolAnswer, ToolSteps } from '../../src/tools/tool-steps.ts';

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
  serve?: (ask: ServiceAsk) => ToolAnswer,
): ToolOutcome {
  const files = new Map<string, ByteString>();
  for (const [name, content] of Object.entries(given))
    files.set(name, typeof content === 'string' ? ascii(content) : byteStringOf(content));
  const printed = { stdout: '', stderr: '' };
  let longestPiece = 0;
  const answer = (ask: Exclude<ReturnType<typeof steps.next>['value'], number>): ToolAnswer => {
    switch (ask.ask) {
      case 'print':
        printed[ask.to] += ask.text;
        longestPiece = Math.max(longestPiece, ask.text.length);
        return { answer: 'done' };
      case 'read-file': {
        const content = files.get(ask.path);
        return content === undefined
          ? { answer: 'failed', reason: 'No such file or directory' }
          : { answer: 'file', bytes: bytesOf(content) };
      }
      case 'write-file':
        if (ask.path.startsWith('/read-only/'))
          return { answer: 'failed', reason: 'Read-only file system' };
        files.set(ask.path, byteStringOf(ask.bytes));
        return { answer: 'done' };
      default:
        if (serve === undefined) throw new Error(`nothing in this test serves '${ask.ask}'`);
        return serve(ask);
    }
  };
  let next = steps.next();
  while (next.done !== true) next = steps.next(answer(next.value));
  return { ...printed, exit: next.value, files: Object.fromEntries(files), longestPiece };
}
