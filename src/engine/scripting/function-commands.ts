/** FUNCTION and FCALL (functions.c). https://redis.io/docs/latest/develop/interact/programmability/functions-intro/ */
import { ascii, lowerCase, type ByteString } from '../../base/bytes.ts';
import { globMatch } from '../../base/glob.ts';
import { parseInt64 } from '../../base/integers.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Handlers } from '../command.ts';
import { helpReply } from '../commands/help.ts';
import type { Context } from '../context.ts';
import { errors, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { array, bulk, bulkOrNull, bulks, integer, map, NULL, OK, status } from '../replies.ts';
import { libraryCodes, type Library, type LibraryFunction } from '../scripting-state.ts';
import { addLibraries, findFunction, LibraryError, readLibrary } from './function-library.ts';
import { librariesOf, libraryPayload } from './function-payload.ts';
import { killScript, rulesFor } from './scripting-commands.ts';
import { beginFunction, type Given } from './script-runner.ts';

export const functionCommands: Handlers = {
  fcall: (ctx, argv) => callFunction(ctx, argv, 'any'),
  fcall_ro: (ctx, argv) => callFunction(ctx, argv, 'read-only'),

  'function|load'(ctx, argv) {
    const options = argv.slice(2, -1);
    for (const option of options) {
      if (lowerCase(option) !== 'replace')
        throw new ReplyError(`ERR Unknown option given: ${option}`);
    }
    const { scripting } = ctx.state;
    const library = whole(() => readLibrary(scripting, argv.at(-1)!));
    if (options.length === 0 && scripting.libraries.has(library.name))
      throw new ReplyError(`ERR Library '${library.name}' already exists`);
    whole(() => addLibraries(scripting, [library], 'replace'));
    ctx.changed();
    return bulk(library.name);
  },

  'function|delete'(ctx, argv) {
    if (!ctx.state.scripting.libraries.delete(argv[2]!))
      throw new ReplyError('ERR Library not found');
    ctx.changed();
    return OK;
  },

  'function|flush'(ctx, argv) {
    if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('function', argv[1]!));
    const how = argv[2] === undefined ? 'sync' : lowerCase(argv[2]);
    if (how !== 'sync' && how !== 'async')
      throw new ReplyError('ERR FUNCTION FLUSH only supports SYNC|ASYNC option');
    ctx.state.scripting.libraries.clear();
    // Even if there was nothing.
    ctx.changed();
    return OK;
  },

  'function|list'(ctx, argv) {
    const { pattern, withCode } = listOptions(argv);
    const libraries = [...ctx.state.scripting.libraries.values()].filter(
      ({ name }) => pattern === undefined || globMatch(pattern, name, 'ignore'),
    );
    return array(libraries.map((library) => listed(library, withCode)));
  },

  'function|stats': (ctx) => statistics(ctx),
  'function|kill': (ctx) => killScript(ctx, 'function'),
  'function|dump': ({ state }) => bulk(libraryPayload(libraryCodes(state.scripting))),
  'function|restore': (ctx, argv) => restore(ctx, argv),

  'function|help': () => helpReply('function', help),
};

/** Runs what may refuse a library, and tells the client of it. */
function whole<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof LibraryError) throw new ReplyError(`ERR ${oneLine(thrown.message)}`);
    throw thrown;
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}

function callFunction(
  ctx: Context,
  argv: readonly ByteString[],
  use: 'any' | 'read-only',
): undefined {
  const found = findFunction(ctx.state.scripting, argv[1]!);
  if (found === undefined) throw new ReplyError('ERR Function not found');
  const words = wordsOf(argv);
  beginFunction(ctx, found.name, found.callback, words, rulesFor(ctx, found.flags, use));
}

function wordsOf(argv: readonly ByteString[]): Given {
  const count = parseInt64(argv[2]!);
  if (count === undefined) throw new ReplyError('ERR Bad number of keys provided');
  if (count > argv.length - 3) throw new ReplyError(errors.tooManyKeys);
  if (count < 0) throw new ReplyError(errors.negativeKeys);
  const first = 3 + Number(count);
  return { keys: argv.slice(3, first), args: argv.slice(first) };
}

interface ListOptions {
  readonly pattern: ByteString | undefined;
  readonly withCode: boolean;
}

function listOptions(argv: readonly ByteString[]): ListOptions {
  let pattern: ByteString | undefined;
  let withCode = false;
  for (let i = 2; i < argv.length; i++) {
    const option = lowerCase(argv[i]!);
    if (!withCode && option === 'withcode') withCode = true;
    else if (pattern === undefined && option === 'libraryname') {
      if (i + 1 >= argv.length) throw new ReplyError('ERR library name argument was not given');
      pattern = argv[++i]!;
    } else throw new ReplyError(`ERR Unknown argument ${argv[i]!}`);
  }
  return { pattern, withCode };
}

const text = (value: string): Reply => bulk(ascii(value));

function listed({ name, code, functions }: Library, withCode: boolean): Reply {
  const fields: (readonly [Reply, Reply])[] = [
    [text('library_name'), bulk(name)],
    [text('engine'), text('LUA')],
    [text('functions'), array([...functions.values()].map(described))],
  ];
  if (withCode) fields.push([text('library_code'), bulk(code)]);
  return map(fields);
}

function described({ name, description, flags }: LibraryFunction): Reply {
  return map([
    [text('name'), bulk(name)],
    [text('description'), bulkOrNull(description ?? undefined)],
    [text('flags'), { type: 'set', value: flags.map(status) }],
  ]);
}

function statistics({ state, now }: Context): Reply {
  const { running, libraries } = state.scripting;
  const functions = [...libraries.values()].reduce(
    (sum, library) => sum + library.functions.size,
    0,
  );
  const script =
    running === null
      ? NULL
      : map([
          [text('name'), text(running.name)],
          [text('command'), bulks(running.typed)],
          [text('duration_ms'), integer(Math.floor((now - running.startedAt) / 1000))],
        ]);
  const engine = map([
    [text('libraries_count'), integer(libraries.size)],
    [text('functions_count'), integer(functions)],
  ]);
  return map([
    [text('running_script'), script],
    [text('engines'), map([[text('LUA'), engine]])],
  ]);
}

const policies = ['flush', 'append', 'replace'];

/** The libraries of a dump are made first, so that a bad one leaves everything as it was. */
function restore(ctx: Context, argv: readonly ByteString[]): Reply {
  if (argv.length > 4) throw new ReplyError(unknownSubcommandOrArity('function', argv[1]!));
  const policy = argv[3] === undefined ? 'append' : lowerCase(argv[3]);
  if (!policies.includes(policy)) {
    throw new ReplyError(
      'ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.',
    );
  }
  const codes = librariesOf(argv[2]!);
  if (codes === 'checksum') throw new ReplyError('ERR DUMP payload version or checksum are wrong');
  if (codes === 'type') throw new ReplyError('ERR given type is not a function');
  if (codes === 'format') throw new ReplyError('ERR Failed loading library data');
  const { scripting } = ctx.state;
  whole(() => {
    const made = codes.map((code) => readLibrary(scripting, code));
    if (policy !== 'flush')
      return addLibraries(scripting, made, policy === 'replace' ? 'replace' : 'append');
    // They are by themselves: names may be those of libraries that go.
    const alone = { ...scripting, libraries: new Map<ByteString, Library>() };
    addLibraries(alone, made, 'append');
    scripting.libraries.clear();
    addLibraries(scripting, made, 'append');
  });
  ctx.changed();
  return OK;
}

const help: readonly (readonly [usage: string, summary: string])[] = [
  [
    'LOAD [REPLACE] <FUNCTION CODE>',
    'Adds a library: its first line names it, its code registers functions.',
  ],
  ['DELETE <LIBRARY NAME>', 'Deletes a library with its functions.'],
  ['LIST [LIBRARYNAME PATTERN] [WITHCODE]', 'Lists the libraries with their functions.'],
  ['STATS', 'Tells which function runs, and how many there are.'],
  ['KILL', 'Ends the function that runs, unless it has written.'],
  ['FLUSH [ASYNC|SYNC]', 'Deletes all libraries.'],
  ['DUMP', 'Gives all libraries in the form in which FUNCTION RESTORE takes them.'],
  ['RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]', 'Adds libraries from what FUNCTION DUMP gave.'],
];
