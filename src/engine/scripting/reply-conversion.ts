/** Replies as Lua values and back (script_lua.c). */
import { ascii } from '../../base/bytes.ts';
import { formatDouble17g } from '../../base/doubles.ts';
import type { Protocol, Reply } from '../../resp/reply.ts';
import { array, bulk, double, error, integer, map, NULL, setOf, status } from '../replies.ts';
import { oneLine } from '../errors.ts';
import {
  entries,
  newTable,
  rawGet,
  rawSet,
  tableOf,
  type Heap,
  type LuaTable,
} from './lua/lua-table.ts';
import { cText, isTable, type LuaValue } from './lua/lua-value.ts';

/** What redis.call returns: `protocol` is the one that the script has asked for. */
export function luaOfReply(heap: Heap, reply: Reply, protocol: Protocol): LuaValue {
  const of = (item: Reply): LuaValue => luaOfReply(heap, item, protocol);
  switch (reply.type) {
    case 'integer':
      return Number(reply.value);
    case 'bulk':
      return reply.value;
    case 'status':
      return tagged(heap, 'ok', reply.value);
    case 'error':
      return errorTable(heap, reply.value);
    case 'null':
    case 'null-array':
      return protocol === 2 ? false : undefined;
    case 'array':
    case 'push':
      return tableOf(heap, reply.value.map(of));
    case 'map': {
      if (protocol === 2)
        return tableOf(
          heap,
          reply.value.flatMap(([key, value]) => [of(key), of(value)]),
        );
      const held = newTable(heap);
      for (const [key, value] of reply.value) rawSet(heap, held, of(key), of(value));
      return tagged(heap, 'map', held);
    }
    case 'set': {
      if (protocol === 2) return tableOf(heap, reply.value.map(of));
      const held = newTable(heap);
      for (const item of reply.value) rawSet(heap, held, of(item), true);
      return tagged(heap, 'set', held);
    }
    case 'double':
      return protocol === 2 ? formatDouble17g(reply.value) : tagged(heap, 'double', reply.value);
    case 'boolean':
      return protocol === 2 ? (reply.value ? 1 : 0) : reply.value;
    case 'bignumber':
      return protocol === 2 ? reply.value : tagged(heap, 'big_number', reply.value);
    case 'verbatim': {
      if (protocol === 2) return reply.value;
      const held = tagged(heap, 'format', reply.format);
      rawSet(heap, held, 'string', reply.value);
      return tagged(heap, 'verbatim_string', held);
    }
  }
}

function tagged(heap: Heap, tag: string, value: LuaValue): LuaTable {
  const table = newTable(heap);
  rawSet(heap, table, tag, value);
  return table;
}

/** luaPushError, for an error that a command has replied: it is counted already. */
export function errorTable(heap: Heap, message: string): LuaTable {
  const table = tagged(heap, 'err', message);
  rawSet(heap, table, 'ignore_error_stats_update', true);
  return table;
}

const DEEPEST = 200;

/** What the client gets of the value that a script returns (luaReplyToRedisReply). */
export function replyOfLua(value: LuaValue, protocol: Protocol, depth = 0): Reply {
  if (depth > DEEPEST) return error('reached lua stack limit');
  const of = (item: LuaValue): Reply => replyOfLua(item, protocol, depth + 1);
  if (typeof value === 'string') return bulk(ascii(value));
  if (typeof value === 'number') return integer(wholeOf(value));
  if (typeof value === 'boolean')
    return protocol === 3 ? { type: 'boolean', value } : value ? integer(1) : NULL;
  if (!isTable(value)) return NULL;
  const failure = rawGet(value, 'err');
  if (typeof failure === 'string') return error(oneLine(cText(failure)));
  const ok = rawGet(value, 'ok');
  if (typeof ok === 'string') return status(oneLine(cText(ok)));
  const number = rawGet(value, 'double');
  if (typeof number === 'number') return double(number);
  const pairs = rawGet(value, 'map');
  if (isTable(pairs)) return map([...entries(pairs)].map(([key, item]) => [of(key), of(item)]));
  const members = rawGet(value, 'set');
  if (isTable(members)) {
    const texts = [...entries(members)].map(([key]) => of(key));
    return texts.length === 0 ? setOf([]) : { type: 'set', value: texts };
  }
  const big = rawGet(value, 'big_number');
  if (typeof big === 'string') return { type: 'bignumber', value: oneLine(big) };
  const verbatim = rawGet(value, 'verbatim_string');
  if (isTable(verbatim)) {
    const [text, format] = [rawGet(verbatim, 'string'), rawGet(verbatim, 'format')];
    if (typeof text === 'string' && typeof format === 'string') {
      return { type: 'verbatim', format: format === 'mkd' ? 'mkd' : 'txt', value: ascii(text) };
    }
  }
  const items: Reply[] = [];
  for (let i = 1; ; i++) {
    const item = rawGet(value, i);
    if (item === undefined) return array(items);
    items.push(of(item));
  }
}

const LEAST = -(2n ** 63n);

/** A number cut to 64 bits, as the processor does it: what does not fit is the least. */
function wholeOf(x: number): number | bigint {
  if (Number.isSafeInteger(Math.trunc(x))) return Math.trunc(x) + 0;
  if (!(Math.abs(x) < 2 ** 63)) return LEAST;
  return BigInt(Math.trunc(x));
}
