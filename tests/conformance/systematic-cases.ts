/**
 * Cases that follow from what a command's arguments are: too few and too many words, no such key, a key of every other
 * type, a word too many, and for each number one that is none, is too large, or is below zero.
 */
import type { Case } from './read-cases.ts';
import {
  commandsInScope,
  typedName,
  type ArgumentSpec,
  type CommandSpec,
} from './command-scope.ts';

/** These end the server, the connection or the comparison, or answer what no two servers answer alike. */
const excluded = new Set([
  ...['shutdown', 'debug', 'monitor', 'quit', 'acl|save', 'acl|load', 'acl|genpass', 'time'],
  ...['info', 'lolwut', 'memory|stats', 'memory|malloc-stats', 'memory|doctor', 'memory|usage'],
  ...['client|list', 'client|info', 'client|id', 'client|kill', 'client|pause', 'client|reply'],
  ...['command', 'command|list', 'command|docs', 'command|info', 'command|count', 'acl|log'],
  ...['acl|cat', 'acl|list', 'acl|getuser', 'config|get', 'config|rewrite', 'bgrewriteaof'],
  ...['bgsave', 'save', 'lastsave', 'slowlog|get', 'slowlog|len', 'latency|histogram', 'wait'],
  ...['latency|doctor', 'latency|graph', 'replicaof', 'slaveof', 'randomkey', 'waitaof', 'hello'],
  ...['cluster|nodes', 'object|freq', 'object|idletime', 'dump', 'pfdebug', 'pfselftest', 'role'],
  ...['subscribe', 'psubscribe', 'ssubscribe', 'reset', 'xinfo|stream', 'config|resetstat'],
  ...['config|set', 'acl|setuser', 'acl|dryrun', 'client|no-touch', 'client|setinfo', 'auth'],
  ...[
    'migrate',
    'client|tracking',
    'cluster|myshardid',
    'command|getkeys',
    'command|getkeysandflags',
    'latency|latest',
    'latency|history',
    'latency|reset',
    'memory|purge',
    'acl|whoami',
  ],
]);

/** They pick by chance from what is of their own type. */
const byChance: Readonly<Record<string, string>> = {
  spop: 'set',
  srandmember: 'set',
  hrandfield: 'hash',
  zrandmember: 'zset',
  // The id is that of the moment.
  xadd: 'stream',
};

const wrongNumbers = ['x', '""', '1.5', '-1', '9223372036854775808', '0x10', '" 1"'];

/** One value of each type, under the name of the type. */
const ofEachType: Readonly<Record<string, string>> = {
  string: 'SET string word',
  list: 'RPUSH list a b c',
  hash: 'HSET hash f v g w',
  set: 'SADD set a b c',
  zset: 'ZADD zset 1 a 2 b 3 c',
  stream: 'XADD stream 1-1 f v',
};

export function systematicCases(): Case[] {
  return commandsInScope()
    .filter((command) => !excluded.has(command.name))
    .flatMap((command) => [
      ...arityCase(command),
      missingCase(command),
      ...typeCases(command),
      ...numberCases(command),
    ]);
}

function systematic(name: string, lines: readonly string[], chance = false): Case {
  return { group: 'systematic', name, lines, chance };
}

function arityCase(command: CommandSpec): Case[] {
  const name = typedName(command);
  const fewest = Math.abs(command.arity) - name.split(' ').length;
  const some = (count: number): string => `${name} ${'a '.repeat(count)}`.trim();
  const lines = fewest > 0 ? [some(fewest - 1), 'MULTI', some(fewest - 1), 'EXEC'] : [];
  if (command.arity > 0) lines.push(some(fewest + 1));
  return lines.length === 0 ? [] : [systematic(`${name} with another number of words`, lines)];
}

function missingCase(command: CommandSpec): Case {
  // Its text is in our own words.
  if (command.name.endsWith('|help'))
    return systematic(typedName(command), [`^ ${typedName(command)}`]);
  const least = smallest(command, () => 'missing');
  const most = largest(command, () => 'missing');
  const inTransaction = ['MULTI', least, 'EXEC'];
  const lines = waits(command)
    ? inTransaction
    : [least, most, `${least} surplus`, ...inTransaction];
  // The id of an entry is that of the moment.
  return systematic(`${typedName(command)} without a key`, lines, command.name === 'xadd');
}

function typeCases(command: CommandSpec): Case[] {
  if (!mentions(command.arguments, 'key') || waits(command)) return [];
  const types = Object.entries(ofEachType).filter(([type]) => type !== byChance[command.name]);
  return types.map(([type, create]) => {
    const lines = [create, smallest(command, () => type), `TYPE ${type}`];
    return systematic(`${typedName(command)} of a ${type}`, lines);
  });
}

function numberCases(command: CommandSpec): Case[] {
  if (waits(command)) return [];
  const numbers = numbersOf(command.arguments);
  if (numbers.length === 0) return [];
  return numbers.map((wanted, at) => {
    const lines = wrongNumbers.map((wrong) =>
      call(command, (argument) => (argument === wanted ? wrong : undefined), 'all options'),
    );
    const create = Object.values(ofEachType);
    return systematic(
      `${typedName(command)} with a ${wanted.name} that is none (${at + 1})`,
      [...create, ...lines],
      byChance[command.name] !== undefined,
    );
  });
}

function waits({ flags }: CommandSpec): boolean {
  return flags.includes('blocking');
}

function mentions(specs: readonly ArgumentSpec[], type: string): boolean {
  return specs.some((spec) => spec.type === type || mentions(spec.arguments ?? [], type));
}

function numbersOf(specs: readonly ArgumentSpec[]): ArgumentSpec[] {
  return specs.flatMap((spec) => {
    // A cursor is another word in every server.
    if (spec.name === 'cursor') return [];
    if (['integer', 'double', 'unix-time'].includes(spec.type)) return [spec];
    return numbersOf(spec.arguments ?? []);
  });
}

function smallest(command: CommandSpec, key: () => string): string {
  return call(command, ({ type }) => (type === 'key' ? key() : undefined), 'no options');
}

function largest(command: CommandSpec, key: () => string): string {
  return call(command, ({ type }) => (type === 'key' ? key() : undefined), 'all options');
}

type Choice = (argument: ArgumentSpec) => string | undefined;

function call(command: CommandSpec, choice: Choice, options: 'no options' | 'all options'): string {
  const words = command.arguments.flatMap((spec) => wordsOf(spec, choice, options));
  return [typedName(command), ...words].join(' ');
}

function wordsOf(
  spec: ArgumentSpec,
  choice: Choice,
  options: 'no options' | 'all options',
): string[] {
  const optional = spec.flags?.includes('optional') === true;
  if (optional && options === 'no options') return [];
  const token = spec.token === undefined ? [] : [spec.token === '' ? '""' : spec.token];
  const chosen = choice(spec);
  if (chosen !== undefined) return [...token, chosen];
  const parts = spec.arguments ?? [];
  switch (spec.type) {
    case 'pure-token':
      return token;
    case 'oneof':
      return [
        ...token,
        ...(parts[0] === undefined ? [] : wordsOf(alternative(parts, choice), choice, options)),
      ];
    case 'block':
      return [...token, ...parts.flatMap((part) => wordsOf(part, choice, options))];
    case 'integer':
      return [...token, ordinary[spec.name] ?? '1'];
    case 'double':
      return [...token, '1.5'];
    case 'unix-time':
      return [...token, '33177117420'];
    case 'pattern':
      return [...token, '*'];
    case 'key':
      return [...token, 'string'];
    default:
      return [...token, 'word'];
  }
}

/** Numbers for which 1 would not do: no key ends before the servers are compared. */
const ordinary: Readonly<Record<string, string>> = {
  cursor: '0',
  seconds: '10000',
  milliseconds: '10000000',
};

/** The one with the number at hand, if there is one. */
function alternative(parts: readonly ArgumentSpec[], choice: Choice): ArgumentSpec {
  return (
    parts.find((part) => numbersOf([part]).some((number) => choice(number) !== undefined)) ??
    parts[0]!
  );
}
