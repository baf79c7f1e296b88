/** MEMORY. https://redis.io/docs/latest/commands/memory-usage/, object.c:memoryCommand */
import { ascii, concatBytes } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { integerArgument, is, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { entryOf } from '../data/key-space.ts';
import { keySize, valueSize } from '../data/value-size.ts';
import type { MemoryFacts } from '../server-port.ts';
import { bulk, double, integer, map, NULL, OK, verbatim } from '../replies.ts';
import { helpOf } from './help.ts';

const DEFAULT_SAMPLES = 5;

export const memoryCommands: Handlers = {
  'memory|usage'(ctx, argv) {
    let samples = DEFAULT_SAMPLES;
    for (let i = 3; i < argv.length; i += 2) {
      if (!is(argv[i], 'SAMPLES') || argv[i + 1] === undefined) syntaxError();
      samples = integerArgument(argv[i + 1]!);
      if (samples < 0) syntaxError();
    }
    const key = argv[2]!;
    const { space } = ctx.db;
    if (ctx.hasExpired(key)) ctx.expireIfDue(key);
    const entry = entryOf(space, key);
    return entry === undefined ? NULL : integer(keySize(key) + valueSize(entry.value, samples));
  },

  'memory|stats': (ctx) => stats(ctx),
  'memory|doctor': (ctx) => verbatim(concatBytes(ascii(diagnosis(ctx)))),
  /** What real Redis answers when it uses the C library's allocator. */
  'memory|malloc-stats': () => bulk(ascii('Stats not supported for the current allocator')),
  /** Nothing is held back that could be given to the system. */
  'memory|purge': () => OK,
  'memory|help': helpOf('memory'),
};

function stats(ctx: Context): Reply {
  const facts = ctx.server.memory();
  const keys = ctx.state.databases.reduce((sum, { space }) => sum + space.entries.length, 0);
  const { used, peak, startup, overhead, clients, aofBuffer, active, rss, scripts } = facts;
  const dataset = used - overhead;
  const rows: (readonly [string, Reply])[] = [
    ['peak.allocated', integer(peak)],
    ['total.allocated', integer(used)],
    ['startup.allocated', integer(startup)],
    ['replication.backlog', integer(0)],
    ['clients.slaves', integer(0)],
    ['clients.normal', integer(clients)],
    ['cluster.links', integer(0)],
    ['aof.buffer', integer(aofBuffer)],
    ['lua.caches', integer(scripts)],
    ['functions.caches', integer(0)],
    ...facts.databases.map(({ id, main, expires }): readonly [string, Reply] => [
      `db.${id}`,
      map([
        [text('overhead.hashtable.main'), integer(main)],
        [text('overhead.hashtable.expires'), integer(expires)],
      ]),
    ]),
    ['overhead.total', integer(overhead)],
    ['keys.count', integer(keys)],
    ['keys.bytes-per-key', integer(keys === 0 ? 0 : Math.floor((used - startup) / keys))],
    ['dataset.bytes', integer(dataset)],
    ['dataset.percentage', double(percent(dataset, used - startup))],
    ['peak.percentage', double(percent(used, peak))],
    ['allocator.allocated', integer(used)],
    ['allocator.active', integer(active)],
    ['allocator.resident', integer(active)],
    ['allocator-fragmentation.ratio', double(active / used)],
    ['allocator-fragmentation.bytes', integer(active - used)],
    ['allocator-rss.ratio', double(1)],
    ['allocator-rss.bytes', integer(0)],
    ['rss-overhead.ratio', double(rss / active)],
    ['rss-overhead.bytes', integer(rss - active)],
    ['fragmentation', double(rss / used)],
    ['fragmentation.bytes', integer(rss - used)],
  ];
  return map(rows.map(([name, value]) => [text(name), value]));
}

function text(name: string): Reply {
  return bulk(ascii(name));
}

function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : (part * 100) / whole;
}

const LITTLE_MEMORY = 5 * 1024 * 1024;
const MANY_SCRIPTS = 1000;
const BIG_CLIENT = 200 * 1024;

/** object.c:getMemoryDoctorReport, as far as what it looks for exists here. */
function diagnosis(ctx: Context): string {
  const facts = ctx.server.memory();
  if (facts.used < LITTLE_MEMORY) {
    return "Hi Sam, this instance is empty or is using very little memory, my issue detector can't be used in these conditions. Please, leave for your mission on Earth and fill it with some data. The new Sam and I will be back to our programming as soon as I finished rebooting.\n";
  }
  const found = findings(ctx, facts);
  if (found.length === 0) {
    return "Hi Sam, I can't find any memory issue in your instance. I can only account for what occurs on this base.\n";
  }
  return `Sam, I detected a few issues in this Redis instance memory implants:\n\n${found.join('')}I'm here to keep you safe, Sam. I want to help you.\n`;
}

function findings(ctx: Context, { used, peak, rss, clients }: MemoryFacts): string[] {
  const found: string[] = [];
  const sessions = Math.max(1, ctx.state.sessions.size);
  if (peak / used > 1.5) {
    found.push(
      ' * Peak memory: In the past this instance used more than 150% the memory that is currently using. The allocator is normally not able to release memory after a peak, so you can expect to see a big fragmentation ratio, however this is actually harmless and is only due to the memory peak, and if the Redis instance Resident Set Size (RSS) is currently bigger than expected, the memory will be used as soon as you fill the Redis instance with more data. If the memory peak was only occasional and you want to try to reclaim memory, please try the MEMORY PURGE command, otherwise the only other option is to shutdown and restart the instance.\n\n',
    );
  }
  if (rss / used > 1.4) {
    found.push(
      ' * High total RSS: This instance has a memory fragmentation and RSS overhead greater than 1.4 (this means that the Resident Set Size of the Redis process is much larger than the sum of the logical allocations Redis performed). This problem is usually due either to a large peak memory (check if there is a peak memory entry above in the report) or may result from a workload that causes the allocator to fragment memory a lot. If the problem is a large peak memory, then there is no issue. Otherwise, make sure you are using the Jemalloc allocator and not the default libc malloc. Note: The currently used allocator is "libc".\n\n',
    );
  }
  if (clients / sessions > BIG_CLIENT) {
    found.push(
      ' * Big client buffers: The clients output buffers in this instance are greater than 200K per client (on average). This may result from different causes, like Pub/Sub clients subscribed to channels bot not receiving data fast enough, so that data piles on the Redis instance output buffer, or clients sending commands with large replies or very large sequences of commands in the same pipeline. Please use the CLIENT LIST command in order to investigate the issue if it causes problems in your instance, or to understand better why certain clients are using a big amount of memory.\n\n',
    );
  }
  if (ctx.state.scripting.scripts.size > MANY_SCRIPTS) {
    found.push(
      " * Many scripts: There seem to be many cached scripts in this instance (more than 1000). This may be because scripts are generated and `EVAL`ed, instead of being parameterized (with KEYS and ARGV), `SCRIPT LOAD`ed and `EVALSHA`ed. Unless `SCRIPT FLUSH` is called periodically, the scripts' caches may end up consuming most of your memory.\n\n",
    );
  }
  return found;
}
