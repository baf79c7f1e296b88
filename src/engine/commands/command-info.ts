/** COMMAND: what the server knows of its own commands. https://redis.io/docs/latest/commands/command/, server.c */
import { ascii, EMPTY, lowerCase, type ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import type { Reply } from '../../resp/reply.ts';
import { is, syntaxError } from '../arguments.ts';
import type { ArgumentFacts, Command, Handlers, KeySpec } from '../command.ts';
import { commandSummaries } from '../command-summaries.ts';
import type { Context } from '../context.ts';
import { errors, ReplyError } from '../errors.ts';
import { keysOf } from '../key-positions.ts';
import { array, bulk, bulks, integer, map, NULL, status } from '../replies.ts';
import { helpOf } from './help.ts';

export const commandInfoCommands: Handlers = {
  command: (ctx) => array(Array.from(ctx.commands.values(), describe)),

  'command|count': (ctx) => integer(ctx.commands.size),

  'command|info'(ctx, argv) {
    const found =
      argv.length > 2 ? argv.slice(2).map((name) => named(ctx, name)) : [...ctx.commands.values()];
    return array(found.map((command) => (command === undefined ? NULL : describe(command))));
  },

  'command|docs'(ctx, argv) {
    const found =
      argv.length > 2 ? argv.slice(2).map((name) => named(ctx, name)) : [...ctx.commands.values()];
    return map(
      found
        .filter((command) => command !== undefined)
        .map((command) => [text(command.facts.name), documentation(command)]),
    );
  },

  'command|list'(ctx, argv) {
    const accepts = argv.length === 2 ? () => true : listFilter(argv);
    return bulks(
      everyCommand(ctx.commands.values())
        .filter(accepts)
        .map(({ facts }) => ascii(facts.name)),
    );
  },

  'command|getkeys'(ctx, argv) {
    return array(keysOfCommandLine(ctx, argv).map(({ key }) => bulk(key)));
  },

  'command|getkeysandflags'(ctx, argv) {
    return array(
      keysOfCommandLine(ctx, argv).map(({ key, flags }) => array([bulk(key), statusSet(flags)])),
    );
  },

  'command|help': helpOf('command'),
};

/** A command, or a sub-command as `config|get`. */
function named(ctx: Context, name: ByteString): Command | undefined {
  const [parent, sub] = lowerCase(name).split('|');
  const command = ctx.commands.get(parent ?? EMPTY);
  return sub === undefined ? command : command?.subcommands.get(sub);
}

function* withSubcommands(commands: Iterable<Command>): Generator<Command> {
  for (const command of commands) {
    yield command;
    yield* withSubcommands(command.subcommands.values());
  }
}

function everyCommand(commands: Iterable<Command>): Command[] {
  return [...withSubcommands(commands)];
}

function listFilter(argv: readonly ByteString[]): (command: Command) => boolean {
  const [, , filter, kind, wanted] = argv;
  if (argv.length !== 5 || !is(filter, 'FILTERBY')) syntaxError();
  if (is(kind, 'MODULE')) return () => false;
  if (is(kind, 'ACLCAT')) {
    const category = `@${lowerCase(wanted!)}`;
    return ({ facts }) => facts.categories.includes(category);
  }
  if (is(kind, 'PATTERN')) return ({ facts }) => globMatch(wanted!, ascii(facts.name), 'ignore');
  return syntaxError();
}

function keysOfCommandLine(
  ctx: Context,
  argv: readonly ByteString[],
): ReturnType<typeof keysOf> & object {
  const words = argv.slice(2);
  const parent = ctx.commands.get(lowerCase(words[0]!));
  const command =
    parent === undefined || parent.subcommands.size === 0 || words.length < 2
      ? parent
      : parent.subcommands.get(lowerCase(words[1]!));
  if (command === undefined) throw new ReplyError(errors.getKeysUnknown);
  const { arity, keySpecs, flags } = command.facts;
  if (keySpecs.length === 0) throw new ReplyError(errors.getKeysNone);
  if (arity > 0 ? arity !== words.length : words.length < -arity)
    throw new ReplyError(errors.getKeysArity);
  const keys = keysOf(command, words);
  if (keys !== undefined && keys.length > 0) return keys;
  if (flags.includes('no_mandatory_keys')) return [];
  throw new ReplyError(errors.getKeysInvalid);
}

function text(value: string): Reply {
  return bulk(ascii(value));
}

function statusSet(names: readonly string[]): Reply {
  return { type: 'set', value: names.map(status) };
}

function describe({ facts, subcommands }: Command): Reply {
  return array([
    text(facts.name),
    integer(facts.arity),
    statusSet(facts.flags),
    integer(facts.firstKey),
    integer(facts.lastKey),
    integer(facts.keyStep),
    statusSet(facts.categories),
    { type: 'set', value: facts.tips.map(text) },
    { type: 'set', value: facts.keySpecs.map(describeKeySpec) },
    // None is a set of none.
    subcommands.size === 0
      ? { type: 'set', value: [] }
      : array(Array.from(subcommands.values(), describe)),
  ]);
}

function describeKeySpec({ notes, flags, begin_search, find_keys }: KeySpec): Reply {
  const rows: (readonly [Reply, Reply])[] =
    notes === undefined ? [] : [[text('notes'), text(notes)]];
  rows.push([text('flags'), statusSet(flags)]);
  rows.push([text('begin_search'), describeSearch(begin_search)]);
  rows.push([text('find_keys'), describeSearch(find_keys)]);
  return map(rows);
}

function describeSearch({ type, spec }: KeySpec['begin_search']): Reply {
  const rows = Object.entries(spec).map(
    ([name, value]) =>
      [text(name), typeof value === 'number' ? integer(value) : text(value)] as const,
  );
  return map([
    [text('type'), text(type)],
    [text('spec'), map(rows)],
  ]);
}

function documentation({ facts, subcommands }: Command): Reply {
  const rows: (readonly [Reply, Reply])[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) rows.push([text(name), text(value)]);
  };
  add('summary', commandSummaries[facts.name]);
  add('since', facts.since);
  add('group', facts.group);
  add('complexity', facts.complexity);
  if (facts.docFlags !== undefined) rows.push([text('doc_flags'), statusSet(facts.docFlags)]);
  add('deprecated_since', facts.deprecatedSince);
  add('replaced_by', facts.replacedBy);
  if (facts.arguments !== undefined)
    rows.push([text('arguments'), array(facts.arguments.map(describeArgument))]);
  if (subcommands.size > 0) {
    const subs = Array.from(
      subcommands.values(),
      (sub) => [text(sub.facts.name), documentation(sub)] as const,
    );
    rows.push([text('subcommands'), map(subs)]);
  }
  return map(rows);
}

function describeArgument(argument: ArgumentFacts): Reply {
  const rows: (readonly [Reply, Reply])[] = [];
  const add = (name: string, value: string | undefined): void => {
    if (value !== undefined) rows.push([text(name), text(value)]);
  };
  add('name', argument.name);
  add('type', argument.type);
  add('display_text', argument.display_text);
  if (argument.key_spec_index !== undefined)
    rows.push([text('key_spec_index'), integer(argument.key_spec_index)]);
  add('token', argument.token);
  add('since', argument.since);
  add('deprecated_since', argument.deprecated_since);
  if (argument.flags !== undefined) rows.push([text('flags'), statusSet(argument.flags)]);
  if (argument.arguments !== undefined)
    rows.push([text('arguments'), array(argument.arguments.map(describeArgument))]);
  return map(rows);
}
