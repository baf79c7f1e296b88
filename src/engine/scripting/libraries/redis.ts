/** The table `redis` (script_lua.c). */
import { ascii, bytesOf, type ByteString } from '../../../base/bytes.ts';
import { formatDoubleShortest } from '../../../base/doubles.ts';
import { sha1Hex } from '../../../base/sha1.ts';
import { errorPlace } from '../lua/lua-debug.ts';
import type { LuaMachine, Natives } from '../lua/lua-machine.ts';
import { rawGet, rawSet, type LuaTable } from '../lua/lua-table.ts';
import { storeNatively } from '../lua/metamethods.ts';
import {
  cText,
  isTable,
  LuaError,
  plainText,
  toNumber,
  toText,
  type LuaValue,
} from '../lua/lua-value.ts';
import { errorTable, luaOfReply } from '../reply-conversion.ts';

export const redisLibrary: Natives = {
  'redis.call'(machine, args) {
    const result = callRedis(machine, args);
    if (isTable(result) && rawGet(result, 'err') !== undefined) throw new LuaError(result);
    return [result];
  },
  'redis.pcall': (machine, args) => [callRedis(machine, args)],

  'redis.error_reply': (machine, args) => [singleField(machine, args, 'err')],
  'redis.status_reply': (machine, args) => [singleField(machine, args, 'ok')],

  'redis.sha1hex'(machine, args) {
    if (args.length !== 1) return raise(machine, 'wrong number of arguments');
    return [sha1Hex(bytesOf(ascii(toText(args[0]) ?? '')))];
  },

  'redis.log'(machine, args) {
    if (args.length < 2) return raise(machine, 'redis.log() requires two arguments or more.');
    const level = toNumber(args[0]);
    if (level === undefined) return raise(machine, 'First argument must be a number (log level).');
    if (level <= -1 || level >= 4) return raise(machine, 'Invalid debug level.');
    machine.host?.log(
      Math.trunc(level),
      args
        .slice(1)
        .flatMap((value) => toText(value) ?? [])
        .join(' '),
    );
    return [];
  },

  'redis.setresp'(machine, args) {
    if (args.length !== 1) return raise(machine, 'redis.setresp() requires one argument.');
    const version = Math.trunc(toNumber(args[0]) ?? 0);
    if (version !== 2 && version !== 3) return raise(machine, 'RESP version must be 2 or 3.');
    if (machine.host !== undefined) machine.host.protocol = version;
    return [];
  },

  'redis.set_repl'(machine, args) {
    if (args.length !== 1) return raise(machine, 'redis.set_repl() requires two arguments.');
    const flags = Math.trunc(toNumber(args[0]) ?? 0);
    if (flags < 0 || flags > 3) {
      return raise(
        machine,
        'Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.',
      );
    }
    machine.host?.replicate((flags & 1) !== 0);
    return [];
  },
  /** Only while a library is loaded, which alone finds it. */
  'redis.register_function'(machine, args) {
    const refusal = machine.host?.register?.(args);
    return refusal === undefined ? [] : raise(machine, refusal);
  },
  'redis.replicate_commands': () => [true],
  /** No debugger is attached, and none can be. */
  'redis.breakpoint': () => [false],
  'redis.debug': () => [],

  'redis.acl_check_cmd'(machine, args) {
    if (args.length === 0)
      return raise(machine, 'Please specify at least one argument for this redis lib call');
    const argv = words(args);
    if (argv === undefined)
      return raise(machine, 'Lua redis lib command arguments must be strings or integers');
    if (machine.host?.allows(argv) === undefined)
      return raise(machine, 'Invalid command passed to redis.acl_check_cmd()');
    return [machine.host.allows(argv) === true];
  },

  /** What scripts find of the handler of their errors: it adds the place of its caller. */
  __redis__err__handler(machine, [raised]) {
    const held = isTable(raised) ? raised : field(machine, 'err', `ERR ${plainText(raised)}`);
    const place = errorPlace(machine.state.thread, 'nothing');
    if (place !== null) {
      storeNatively(machine, held, 'source', place.source);
      storeNatively(machine, held, 'line', place.line);
    }
    return [held];
  },

  missingGlobal(machine, args) {
    return machine.fail(
      `Script attempted to access nonexistent global variable '${plainText(args[1])}'`,
    );
  },
};

/** `7.2.4` as 0x00070204. */
export function versionNumber(version: string): number {
  return version.split('.').reduce((all, part) => all * 256 + Number(part), 0);
}

/** luaError: a table with the message, without a position. */
function raise(machine: LuaMachine, message: string): never {
  throw new LuaError(plainError(machine, message));
}

function plainError(machine: LuaMachine, message: string): LuaTable {
  return field(machine, 'err', `ERR ${message}`);
}

function field(machine: LuaMachine, key: string, value: LuaValue): LuaTable {
  const table = machine.table();
  rawSet(machine.heap, table, key, value);
  return table;
}

function singleField(machine: LuaMachine, args: readonly LuaValue[], key: 'err' | 'ok'): LuaTable {
  const [text] = args;
  if (args.length !== 1 || typeof text !== 'string')
    return plainError(machine, 'wrong number or type of arguments');
  if (key === 'ok') return field(machine, key, text);
  const message = cText(text).replace(/^-/, '').replace(/\r\n$/, '');
  // A single word is no code.
  return field(machine, key, message.includes(' ') ? message : `ERR ${message}`);
}

function words(args: readonly LuaValue[]): ByteString[] | undefined {
  const argv: ByteString[] = [];
  for (const value of args) {
    if (typeof value === 'number') argv.push(formatDoubleShortest(value));
    else if (typeof value === 'string') argv.push(ascii(value));
    else return undefined;
  }
  return argv;
}

function callRedis(machine: LuaMachine, args: readonly LuaValue[]): LuaValue {
  if (args.length === 0)
    return plainError(machine, 'Please specify at least one argument for this redis lib call');
  const argv = words(args);
  if (argv === undefined)
    return plainError(machine, 'Lua redis lib command arguments must be strings or integers');
  const { host, heap } = machine;
  if (host === undefined) return undefined;
  machine.spend(1);
  const reply = host.call(argv);
  return reply.type === 'error'
    ? errorTable(heap, reply.value)
    : luaOfReply(heap, reply, host.protocol);
}
