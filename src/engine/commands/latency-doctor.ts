/** What LATENCY DOCTOR says: the spikes, and what may help against them (latency.c:createLatencyReport). */
import { formatFixedPoint } from '../../base/doubles.ts';
import type { LatencyEvent, LatencyEvents } from '../latency-events.ts';
import type { EngineConfig } from '../server-port.ts';

const GREETING =
  "Dave, I have observed latency spikes in this Redis instance. You don't mind talking about it, do you Dave?\n\n";
const NOTHING_SEEN =
  'Dave, no latency spike was observed during the lifetime of this Redis instance, not in the slightest bit. I honestly think you ought to sit down calmly, take a stress pill, and think things over.\n';
const TURNED_OFF =
  "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in order to enable it. If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor.\n";
const NO_ADVICE =
  "\nWhile there are latency events logged, I'm not able to suggest any easy fix. Please use the Redis community to get some help, providing this report in your help request.\n";

export function latencyReport(events: LatencyEvents, config: EngineConfig): string {
  if (events.size === 0) return config.latencyMonitorThreshold === 0 ? TURNED_OFF : NOTHING_SEEN;
  const lines = [...events].map(([name, event], i) => describe(i + 1, name, event));
  const wanted = new Set([...events.keys()].flatMap((name) => remediesFor(name, config)));
  const advice = remedies.filter(({ id }) => wanted.has(id)).map(({ text }) => text(config));
  const body = lines.join('');
  return advice.length === 0
    ? GREETING + body + NO_ADVICE
    : `${GREETING}${body}\nI have a few advices for you:\n\n${advice.join('')}`;
}

function describe(number: number, name: string, { samples, max }: LatencyEvent): string {
  const sum = samples.reduce((all, { ms }) => all + ms, 0);
  const average = samples.length === 0 ? 0 : Math.floor(sum / samples.length);
  const deviations = samples.reduce((all, { ms }) => all + Math.abs(average - ms), 0);
  const deviation = samples.length === 0 ? 0 : Math.floor(deviations / samples.length);
  const first = samples[0]?.at ?? 0;
  const last = samples.at(-1)?.at ?? 0;
  const period = last === first ? 1 : (last - first) / samples.length;
  return `${number}. ${name}: ${samples.length} latency spikes (average ${average}ms, mean deviation ${deviation}ms, period ${formatFixedPoint(period, 2)} sec). Worst all time event ${max}ms.\n`;
}

type Remedy =
  | 'better-vm'
  | 'slowlog-enabled'
  | 'slowlog-tuning'
  | 'slowlog-inspect'
  | 'scheduler'
  | 'local-disk'
  | 'ssd'
  | 'disk-contention'
  | 'write-back'
  | 'no-appendfsync'
  | 'fsync-always'
  | 'hz'
  | 'large-objects'
  | 'mass-eviction';

function remediesFor(event: string, config: EngineConfig): readonly Remedy[] {
  switch (event) {
    case 'fork':
      return ['better-vm'];
    case 'command': {
      const { slowlogLogSlowerThan: limit, latencyMonitorThreshold } = config;
      const log: Remedy =
        limit < 0
          ? 'slowlog-enabled'
          : limit / 1000 > latencyMonitorThreshold
            ? 'slowlog-tuning'
            : 'slowlog-inspect';
      return [log, 'slowlog-inspect', 'large-objects'];
    }
    case 'fast-command':
      return ['scheduler'];
    case 'aof-write-pending-fsync':
      return ['local-disk', 'disk-contention', 'no-appendfsync', 'ssd', 'write-back'];
    case 'aof-write-active-child':
      return ['no-appendfsync', 'ssd', 'write-back'];
    case 'aof-write-alone':
      return ['local-disk', 'ssd', 'write-back'];
    case 'aof-fsync-always':
      return ['fsync-always'];
    case 'aof-fstat':
    case 'rdb-unlink-temp-file':
      return ['disk-contention', 'local-disk'];
    case 'expire-cycle':
      return ['hz', 'large-objects'];
    case 'eviction-del':
      return ['large-objects'];
    case 'eviction-cycle':
      return ['mass-eviction'];
    default:
      return [];
  }
}

/** In the order in which they are given. */
const remedies: readonly {
  readonly id: Remedy;
  readonly text: (config: EngineConfig) => string;
}[] = [
  {
    id: 'better-vm',
    text: () =>
      '- If you are using a virtual machine, consider upgrading it with a faster one using a hypervisior that provides less latency during fork() calls. Xen is known to have poor fork() performance. Even in the context of the same VM provider, certain kinds of instances can execute fork faster than others.\n',
  },
  {
    id: 'slowlog-enabled',
    text: ({ latencyMonitorThreshold }) =>
      `- There are latency issues with potentially slow commands you are using. Try to enable the Slow Log Redis feature using the command 'CONFIG SET slowlog-log-slower-than ${latencyMonitorThreshold * 1000}'. If the Slow log is disabled Redis is not able to log slow commands execution for you.\n`,
  },
  {
    id: 'slowlog-tuning',
    text: ({ latencyMonitorThreshold }) =>
      `- Your current Slow Log configuration only logs events that are slower than your configured latency monitor threshold. Please use 'CONFIG SET slowlog-log-slower-than ${latencyMonitorThreshold * 1000}'.\n`,
  },
  {
    id: 'slowlog-inspect',
    text: () =>
      '- Check your Slow Log to understand what are the commands you are running which are too slow to execute. Please check https://redis.io/commands/slowlog for more information.\n',
  },
  {
    id: 'scheduler',
    text: () =>
      '- The system is slow to execute Redis code paths not containing system calls. This usually means the system does not provide Redis CPU time to run for long periods. You should try to:\n' +
      '  1) Lower the system load.\n' +
      '  2) Use a computer / VM just for Redis if you are running other software in the same system.\n' +
      '  3) Check if you have a "noisy neighbour" problem.\n' +
      "  4) Check with 'redis-cli --intrinsic-latency 100' what is the intrinsic latency in your system.\n" +
      '  5) Check if the problem is allocator-related by recompiling Redis with MALLOC=libc, if you are using Jemalloc. However this may create fragmentation problems.\n',
  },
  {
    id: 'local-disk',
    text: () =>
      '- It is strongly advised to use local disks for persistence, especially if you are using AOF. Remote disks provided by platform-as-a-service providers are known to be slow.\n',
  },
  {
    id: 'ssd',
    text: () =>
      '- SSD disks are able to reduce fsync latency, and total time needed for snapshotting and AOF log rewriting (resulting in smaller memory usage). With extremely high write load SSD disks can be a good option. However Redis should perform reasonably with high load using normal disks. Use this advice as a last resort.\n',
  },
  {
    id: 'write-back',
    text: () =>
      '- Mounting ext3/4 filesystems with data=writeback can provide a performance boost compared to data=ordered, however this mode of operation provides less guarantees, and sometimes it can happen that after a hard crash the AOF file will have a half-written command at the end and will require to be repaired before Redis restarts.\n',
  },
  {
    id: 'disk-contention',
    text: () =>
      '- Try to lower the disk contention. This is often caused by other disk intensive processes running in the same computer (including other Redis instances).\n',
  },
  {
    id: 'no-appendfsync',
    text: () =>
      "- Assuming from the point of view of data safety this is viable in your environment, you could try to enable the 'no-appendfsync-on-rewrite' option, so that fsync will not be performed while there is a child rewriting the AOF file or producing an RDB file (the moment where there is high disk contention).\n",
  },
  {
    id: 'fsync-always',
    text: () =>
      "- Your fsync policy is set to 'always'. It is very hard to get good performances with such a setup, if possible try to relax the fsync policy to 'onesec'.\n",
  },
  {
    id: 'hz',
    text: () =>
      "- In order to make the Redis keys expiring process more incremental, try to set the 'hz' configuration parameter to 100 using 'CONFIG SET hz 100'.\n",
  },
  {
    id: 'large-objects',
    text: () =>
      '- Deleting, expiring or evicting (because of maxmemory policy) large objects is a blocking operation. If you have very large objects that are often deleted, expired, or evicted, try to fragment those objects into multiple smaller objects.\n',
  },
  {
    id: 'mass-eviction',
    text: () =>
      "- Sudden changes to the 'maxmemory' setting via 'CONFIG SET', or allocation of large objects via sets or sorted sets intersections, STORE option of SORT, Redis Cluster large keys migrations (RESTORE command), may create sudden memory pressure forcing the server to block trying to evict keys. \n",
  },
];
