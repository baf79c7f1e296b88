import { ascii, equalsIgnoreCase } from '../base/bytes.ts';
import { quoteBytes } from '../base/quote-bytes.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import { formatDoubleShortest } from '../base/doubles.ts';

/**
 * What redis-cli prints for a reply on a terminal (redis-cli.c:cliFormatReplyTTY), as bytes (one char
 * a byte) and without the newline that ends it. Statuses, errors and verbatim strings stand as they
 * came; whoever shows them has to take control bytes out (see printable.ts).
 *
 * `protocol` is what the connection speaks. In RESP2 a map is a flat array, a double a string, and so
 * on; a reply that was decoded from the wire has that shape already and comes out the same.
 */
export function formatReply(reply: Reply, protocol: Protocol = 3): string {
  return formatTty(protocol === 2 ? inProtocol2(reply) : reply, '').slice(0, -1);
}

/**
 * What redis-cli prints under --raw (redis-cli.c:cliFormatReplyRaw), without the newline after it. `delimiter` stands
 * between the elements of a list.
 */
export function formatReplyRaw(reply: Reply, protocol: Protocol = 3, delimiter = '\n'): string {
  return formatRaw(protocol === 2 ? inProtocol2(reply) : reply, delimiter);
}

/**
 * What redis-cli prints on a terminal for the reply to `argv`: some commands answer with a report, which
 * it prints as it is (redis-cli.c:cliSendCommand, output_raw). One newline at the end is taken off.
 */
export function formatReplyTo(
  argv: readonly string[],
  reply: Reply,
  protocol: Protocol = 3,
): string {
  if (!isReportCommand(argv)) return formatReply(reply, protocol);
  return formatReplyRaw(reply, protocol).replace(/\r?\n$/, '');
}

/**
 * What redis-cli prints for a message that the server pushed by itself: keys that client-side caching must
 * forget stand on one line (redis-cli.c:cliPushHandler), everything else as a reply does.
 */
export function formatPush(reply: Reply, protocol: Protocol = 3): string {
  if (reply.type === 'push' && protocol === 3) {
    const [kind, keys] = reply.value;
    if (
      kind?.type === 'bulk' &&
      kind.value.startsWith('invalidate') &&
      keys?.type === 'array' &&
      reply.value.length === 2
    ) {
      const names = keys.value.map((key) =>
        key.type === 'bulk' ? `'${key.value}'` : formatReply(key, protocol),
      );
      return `-> invalidate: ${names.join(', ')}`;
    }
  }
  return formatReply(reply, protocol);
}

/** The shape that a RESP2 client sees (networking.c: addReplyMapLen, addReplyDouble, addReplyBool, …). */
export function inProtocol2(reply: Reply): Reply {
  switch (reply.type) {
    case 'map':
      return {
        type: 'array',
        value: reply.value.flatMap(([key, value]) => [inProtocol2(key), inProtocol2(value)]),
      };
    case 'array':
    case 'set':
    case 'push':
      return { type: 'array', value: reply.value.map(inProtocol2) };
    case 'double':
      return { type: 'bulk', value: formatDoubleShortest(reply.value) };
    case 'boolean':
      return { type: 'integer', value: reply.value ? 1 : 0 };
    case 'bignumber':
      return { type: 'bulk', value: ascii(reply.value) };
    case 'verbatim':
      return { type: 'bulk', value: reply.value };
    default:
      return reply;
  }
}

function formatTty(reply: Reply, indent: string): string {
  switch (reply.type) {
    case 'status':
      return `${reply.value}\n`;
    case 'error':
      return `(error) ${reply.value}\n`;
    case 'integer':
      return `(integer) ${reply.value}\n`;
    case 'double':
      return `(double) ${formatDoubleShortest(reply.value)}\n`;
    case 'bulk':
      return `${quoteBytes(reply.value)}\n`;
    case 'bignumber':
      // hiredis gives a big number as a string type of its own that redis-cli 7.0 refuses; 7.2 has no
      // command that answers with one, save DEBUG PROTOCOL.
      return `${reply.value}\n`;
    case 'verbatim':
      return `${reply.value}\n`;
    case 'null':
    case 'null-array':
      return '(nil)\n';
    case 'boolean':
      return reply.value ? '(true)\n' : '(false)\n';
    case 'array':
      return reply.value.length === 0 ? '(empty array)\n' : numbered(reply.value, ')', indent);
    case 'set':
      return reply.value.length === 0 ? '(empty set)\n' : numbered(reply.value, '~', indent);
    case 'push':
      return reply.value.length === 0 ? '(empty push)\n' : numbered(reply.value, ')', indent);
    case 'map':
      return reply.value.length === 0 ? '(empty hash)\n' : numberedMap(reply.value, indent);
  }
}

/** The first element stands beside its parent's number, so only later ones are indented. */
function numbered(elements: readonly Reply[], separator: string, indent: string): string {
  const digits = String(elements.length).length;
  const deeper = indent + ' '.repeat(digits + 2);
  let out = '';
  elements.forEach((element, i) => {
    out += `${i === 0 ? '' : indent}${String(i + 1).padStart(digits)}${separator} ${formatTty(element, deeper)}`;
  });
  return out;
}

function numberedMap(pairs: readonly (readonly [Reply, Reply])[], indent: string): string {
  const digits = String(pairs.length).length;
  const deeper = indent + ' '.repeat(digits + 2);
  let out = '';
  pairs.forEach(([key, value], i) => {
    out += `${i === 0 ? '' : indent}${String(i + 1).padStart(digits)}# ${formatTty(key, deeper).slice(0, -1)} => `;
    // A value of several lines starts on its own, so that its numbers align.
    if (isMultiline(value)) out += `\n${deeper}`;
    out += formatTty(value, deeper);
  });
  return out;
}

/** redis-cli.c:cliIsMultilineValueTTY. */
function isMultiline(reply: Reply): boolean {
  switch (reply.type) {
    case 'array':
    case 'set':
    case 'push': {
      const [first] = reply.value;
      return first !== undefined && (reply.value.length > 1 || isMultiline(first));
    }
    case 'map': {
      const [first] = reply.value;
      return first !== undefined && (reply.value.length > 1 || isMultiline(first[1]));
    }
    default:
      return false;
  }
}

function formatRaw(reply: Reply, delimiter: string): string {
  const format = (one: Reply): string => formatRaw(one, delimiter);
  switch (reply.type) {
    case 'null':
    case 'null-array':
      return '';
    case 'error':
      return `${reply.value}\n`;
    case 'status':
    case 'bulk':
    case 'verbatim':
    case 'bignumber':
      return reply.value;
    case 'boolean':
      return reply.value ? '(true)' : '(false)';
    case 'integer':
      return String(reply.value);
    case 'double':
      return formatDoubleShortest(reply.value);
    case 'array':
    case 'set':
    case 'push':
      return reply.value.map(format).join(delimiter);
    case 'map':
      return reply.value.map(([key, value]) => `${format(key)} ${format(value)}`).join(delimiter);
  }
}

/** Subcommands whose reply is a report for people, and the number of words that the whole command must have. */
const REPORTS: readonly { readonly words: readonly string[]; readonly exactly?: number }[] = [
  { words: ['info'] },
  { words: ['lolwut'] },
  { words: ['debug', 'htstats'] },
  { words: ['debug', 'htstats-key'] },
  { words: ['debug', 'client-eviction'] },
  { words: ['memory', 'malloc-stats'] },
  { words: ['memory', 'doctor'] },
  { words: ['cluster', 'nodes'], exactly: 2 },
  { words: ['cluster', 'info'], exactly: 2 },
  { words: ['client', 'list'] },
  { words: ['client', 'info'] },
  { words: ['latency', 'graph'], exactly: 3 },
  { words: ['latency', 'doctor'], exactly: 2 },
];

/** Whether redis-cli prints the reply to that command as it is, whatever the form of its output. */
export function isReportCommand(argv: readonly string[]): boolean {
  return REPORTS.some(
    ({ words, exactly }) =>
      (exactly === undefined || argv.length === exactly) &&
      words.every((word, i) => argv[i] !== undefined && equalsIgnoreCase(argv[i], word)),
  );
}
