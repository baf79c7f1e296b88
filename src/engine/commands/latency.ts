/** LATENCY: spikes by their cause, and how long commands took. https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency-monitor/ */
import { ascii, lowerCase } from '../../base/bytes.ts';
import { cumulativeCounts } from '../../base/latency-histogram.ts';
import { secondsOfMillis, type Seconds } from '../../base/time.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Command, Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import type { LatencyEvent } from '../latency-events.ts';
import { noLatencySamples, ReplyError } from '../errors.ts';
import { array, bulk, integer, map, verbatim } from '../replies.ts';
import { helpOf } from './help.ts';
import { latencyReport } from './latency-doctor.ts';
import { sparkline } from './sparkline.ts';

export const latencyCommands: Handlers = {
  'latency|history'(ctx, argv) {
    const samples = ctx.state.latency.get(argv[2]!)?.samples ?? [];
    return array(samples.map(({ at, ms }) => array([integer(at), integer(ms)])));
  },

  'latency|latest'(ctx) {
    return array(
      [...ctx.state.latency].map(([name, { samples, max }]) => {
        const last = samples.at(-1);
        return array([
          bulk(ascii(name)),
          integer(last?.at ?? 0),
          integer(last?.ms ?? 0),
          integer(max),
        ]);
      }),
    );
  },

  'latency|reset'(ctx, argv) {
    const { latency } = ctx.state;
    const names = argv.length > 2 ? argv.slice(2) : [...latency.keys()];
    return integer(names.filter((name) => latency.delete(name)).length);
  },

  'latency|graph'(ctx, argv) {
    const name = argv[2]!;
    const event = ctx.state.latency.get(name);
    if (event === undefined) throw new ReplyError(noLatencySamples(name));
    return verbatim(ascii(graph(name, event, secondsOfMillis(ctx.nowMs))));
  },

  'latency|doctor': (ctx) => verbatim(ascii(latencyReport(ctx.state.latency, ctx.server.config))),

  'latency|histogram'(ctx, argv) {
    const asked = argv.slice(2).map(lowerCase);
    const commands =
      asked.length === 0
        ? [...ctx.commands.values()].flatMap(withChildren)
        : asked.flatMap((name) => named(ctx, name));
    const seen = new Set<Command>();
    return map(
      commands.flatMap((command) => {
        const row = seen.has(command) ? undefined : histogramOf(ctx, command);
        seen.add(command);
        return row === undefined ? [] : [row];
      }),
    );
  },

  'latency|help': helpOf('latency'),
};

function withChildren(command: Command): Command[] {
  return [command, ...command.subcommands.values()];
}

/** A command with its sub-commands, or one of those. */
function named(ctx: Context, name: string): Command[] {
  const [parent = '', sub] = name.split('|');
  const command = ctx.commands.get(parent);
  if (command === undefined) return [];
  const found = sub === undefined ? command : command.subcommands.get(sub);
  return found === undefined ? [] : withChildren(found);
}

function histogramOf(ctx: Context, { facts }: Command): readonly [Reply, Reply] | undefined {
  const histogram = ctx.state.stats.byCommand.get(facts.name)?.latency;
  if (histogram === undefined || histogram.total === 0) return undefined;
  return [
    bulk(ascii(facts.name)),
    map([
      [bulk(ascii('calls')), integer(histogram.total)],
      [
        bulk(ascii('histogram_usec')),
        map(
          cumulativeCounts(histogram).map(([micros, count]) => [integer(micros), integer(count)]),
        ),
      ],
    ]),
  ];
}

const GRAPH_COLUMNS = 80;

/** latencyCommandGenSparkeline: each sample with how long ago it was. */
function graph(name: string, { samples, max }: LatencyEvent, now: Seconds): string {
  const values = samples.map(({ ms }) => ms);
  const high = Math.max(...values);
  const low = Math.min(...values);
  const head = `${name} - high ${high} ms, low ${low} ms (all time high ${max} ms)\n`;
  const rows = sparkline(samples.map(({ at, ms }) => ({ value: ms, label: age(now - at) })));
  return `${head}${'-'.repeat(GRAPH_COLUMNS)}\n${rows}`;
}

function age(seconds: Seconds): string {
  const units: readonly (readonly [number, string])[] = [
    [60, 's'],
    [3600, 'm'],
    [86_400, 'h'],
  ];
  let divisor = 1;
  for (const [next, unit] of units) {
    if (seconds < next) return `${Math.floor(seconds / divisor)}${unit}`;
    divisor = next;
  }
  return `${Math.floor(seconds / divisor)}d`;
}
