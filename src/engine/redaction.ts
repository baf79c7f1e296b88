/** Secrets in a command's words: neither the slow log nor MONITOR shows them (networking.c:redactClientCommandArgument). */
import { ascii, type ByteString } from '../base/bytes.ts';
import { is } from './arguments.ts';

const REDACTED = ascii('(redacted)');
const secretDirectives = [
  'masterauth',
  'masteruser',
  'requirepass',
  'tls-key-file-pass',
  'tls-client-key-file-pass',
];

/** `name`: of the command, with its sub-command. */
export function redacted(name: string, argv: readonly ByteString[]): readonly ByteString[] {
  switch (name) {
    case 'auth':
      return argv.map((word, i) => (i > 0 ? REDACTED : word));
    case 'acl|setuser':
      return argv.map((word, i) => (i > 1 ? REDACTED : word));
    case 'config|set':
      return argv.map((word, i) =>
        i > 2 && i % 2 === 1 && secretDirectives.some((secret) => is(argv[i - 1], secret))
          ? REDACTED
          : word,
      );
    case 'hello':
      return afterAuth(argv, 2, 'AUTH', 2);
    case 'migrate':
      return afterAuth(afterAuth(argv, 6, 'AUTH', 1), 6, 'AUTH2', 2);
    default:
      return argv;
  }
}

function afterAuth(
  argv: readonly ByteString[],
  from: number,
  keyword: string,
  secrets: number,
): readonly ByteString[] {
  const at = argv.findIndex((word, i) => i >= from && is(word, keyword));
  if (at < 0) return argv;
  return argv.map((word, i) => (i > at && i <= at + secrets ? REDACTED : word));
}
