/** The texts of the race in English; `**bold**` and `` `code` `` as in the page's dictionary. */
import type { NumberStyle } from '../i18n/numbers.ts';
import { count, decimal, duration, instant } from '../i18n/numbers.ts';

const numbers: NumberStyle = { group: ',', decimal: '.', second: 's' };
const writes = (n: number): string => `${count(n, numbers)} ${n === 1 ? 'write' : 'writes'}`;
const seconds = (ms: number): string => `${instant(ms, numbers)} s`;

export const en = {
  title: 'Race',
  places: { label: 'Places', lab: 'Lab', race: 'Race' },
  kinds: {
    none: 'no persistence',
    rdb: 'RDB',
    no: 'appendfsync no',
    everysec: 'appendfsync everysec',
    always: 'appendfsync always',
  },
  running: (n: number): string =>
    `${['', 'One machine', 'Two machines', 'Three machines', 'Four machines', 'Five machines'][n] ?? n}, the same commands, one clock`,
  runningText: 'If the power failed, how far back would each one forget? Say it first, then cut.',
  cut: (at: number): string => `Power cut at ${seconds(at)}`,
  killed: (at: number): string => `Processes killed at ${seconds(at)}`,
  cutText: 'The same commands, one clock, one accident. How far back does each one forget?',
  legend: {
    predicted: 'you predicted',
    lost: 'lost',
    memory: 'process memory',
    cache: 'page cache',
    disk: 'disk',
  },
  columns: {
    lane: 'lane',
    speed: 'rate, p50, p99, file',
    risk: 'Acknowledged writes at risk',
    riskScale: 'same scale in every lane',
    window: 'Window of loss',
    windowBefore: 'predict it',
    windowAfter: 'predicted and actual',
    acknowledged: 'acknowledged',
    survived: 'survived',
    lost: 'lost',
  },
  units: { writes: 'writes' },
  tableLabel: 'The lanes of the race, side by side',
  rate: (perSecond: number): string => `${count(perSecond, numbers)}/s`,
  rateName: (perSecond: number): string => `${count(perSecond, numbers)} commands a second`,
  ms: (value: number): string => `${decimal(value, value < 10 ? 2 : 1, numbers)} ms`,
  noFile: 'no file',
  atRiskNow: (n: number): string => `${count(n, numbers)} at risk now`,
  atMost: (n: number): string => (n === 0 ? 'none, ever' : `at most ${count(n, numbers)}`),
  riskLabel: (name: string, n: number, peak: number): string =>
    `${name}: acknowledged writes at risk over time; ${count(n, numbers)} at the end, at most ${count(peak, numbers)}.`,
  /** A part of the run, looked at closely. */
  zoom: {
    group: 'Time shown',
    whole: 'Whole run',
    part: (from: number, to: number): string => `${instant(from, numbers)} to ${seconds(to)}`,
    pictured: (from: number, to: number): string =>
      `${instant(from, numbers)} to ${seconds(to)}: writes at risk of those answered in it`,
    told: (from: number, to: number): string => `Shown: ${seconds(from)} to ${seconds(to)}.`,
    toldWhole: 'The whole run is shown.',
    acts: {
      cut: 'Zoom to the cut',
      in: 'Zoom in',
      out: 'Zoom out',
      whole: 'Whole run',
      earlier: 'Earlier',
      later: 'Later',
    },
    cannot: {
      cut: 'No accident has happened yet.',
      in: 'Closer than this there is nothing more to see.',
      out: 'The whole run is shown already.',
      whole: 'The whole run is shown already.',
      earlier: 'This is the beginning of the race.',
      later: 'This is the end of the race.',
    },
    riskScale: (from: number): string => `answered since ${seconds(from)}`,
    lost: (n: number, since: number): string =>
      `${count(n, numbers)} lost, answered since ${seconds(since)}`,
    noneLost: 'nothing lost',
    cutElsewhere: 'the accident is not in this part',
    curveLabel: (name: string, from: number, to: number, what: string): string =>
      `${name}, ${seconds(from)} to ${seconds(to)}: ${what}.`,
  },
  windowLabel: (said: string | null, was: string): string =>
    said === null ? `Window of loss: ${was}.` : `You predicted ${said}. It was ${was}.`,
  hidden: 'hidden until the accident',
  all: 'all',
  predictName: (lane: string): string => `Prediction for ${lane}, in seconds, or all`,
  predictAxis: (lane: string): string => `Prediction for ${lane}, along the axis`,
  notPredicted: 'nothing yet',
  predictUnit: 's',
  axisUnit: 's',
  predictWrong: 'A number of seconds, such as 1.5, or all.',
  /** What each of them keeps, before anything is raced. */
  promises: {
    none: 'Memory only: any crash takes everything.',
    rdb: 'A snapshot now and then: a crash takes what came after the last one.',
    no: 'A log of every write, and the kernel decides when it reaches the disk.',
    everysec: 'A log of every write, and one fsync a second.',
    always: 'A log of every write, and an fsync before each reply.',
  },
  reasons: {
    none: 'Memory only. Nothing is ever given to a file.',
    rdbFirst: (points: string): string => `save ${points}. No snapshot has ended yet.`,
    rdb: (points: string, at: number): string =>
      `save ${points}. The snapshot on the disk holds the data of ${seconds(at)}.`,
    noFirst: 'The kernel decides. It has written nothing to the disk yet.',
    no: (at: number): string => `The kernel decides. The disk has what came up to ${seconds(at)}.`,
    everysecFirst: 'One fsync a second. None has ended yet.',
    everysec: (at: number): string =>
      `One fsync a second. The disk has what came up to ${seconds(at)}.`,
    always: 'fsync first, then the reply. What was answered is on the disk.',
  },
  states: {
    loading: 'loading',
    stopped: 'not running',
    failed: 'refused to start',
    off: 'power off',
  },
  recount: (n: string): string => `after the boot ${n} are there`,
  missed: (said: string, lane: string, was: string): string =>
    `You expected ${said} of **${lane}**. It was ${was}.`,
  allRight: 'Your predictions hold.',
  allRightText: (n: number): string =>
    n === 1 ? 'The one that you made was right.' : `All ${n} that you made were right.`,
  noPrediction: 'What was lost, and why',
  why: {
    none: (n: number): string =>
      `Nothing was ever given to a file: ${writes(n)} were in memory alone.`,
    rdb: (at: number | null): string =>
      at === null
        ? 'No snapshot had ended: everything was in memory alone.'
        : `What came after the snapshot of ${seconds(at)} was in memory alone.`,
    no: (at: number | null): string =>
      at === null
        ? 'Without fsync the kernel writes back what is older than 30 s, and looks every 5 s. It had not come to that yet.'
        : `Without fsync the kernel writes back what is older than 30 s, and looks every 5 s. The disk had what came up to ${seconds(at)}.`,
    everysec: (at: number | null): string =>
      at === null
        ? 'One fsync a second is asked for, and the first had not ended.'
        : `One fsync a second is asked for. The last one that ended covered what came up to ${seconds(at)}.`,
    always: () => 'A reply waits for its fsync: what was answered is on the disk.',
  },
  price: {
    slower: (mine: number, others: number): string =>
      `The price of **always** on this disk: ${count(mine, numbers)} commands a second, not ${count(others, numbers)}.`,
    same: (mine: number): string =>
      `On this disk **always** keeps up: ${count(mine, numbers)} commands a second.`,
    text: (mine: string, others: string): string =>
      `Half of its requests were answered within ${mine}; without an fsync before the reply, within ${others}.`,
  },
  before: 'Predict, then cut the power',
  beforeText: (n: number, all: number): string =>
    n === all
      ? 'Every lane has its prediction. Cut the power when you like.'
      : `${n} of ${all} lanes have a prediction. The answers stay hidden until the accident.`,
  actions: {
    power: 'Cut power',
    kill: 'Kill processes',
    boot: 'Boot all',
    open: (lane: string): string => `Open ${lane}`,
    csv: 'Export table',
    png: 'Export picture',
    newSeed: 'New seed',
    edit: 'Lanes and workload',
    again: 'Same race again',
  },
  clockNote: 'all lanes share this clock',
  workload: (rate: string, clients: number): string =>
    `${rate}, ${clients} ${clients === 1 ? 'client' : 'clients'}`,
  closedLoop: 'as fast as replies come',
  noWorkload: 'no workload',
  seed: 'seed',
  start: {
    name: 'Start over',
    title: 'The machines of now are thrown away.',
    one: 'One machine',
    oneHint: 'everysec, an empty disk',
    three: 'Race of three',
    threeHint: 'no, everysec, always',
    five: 'Race of five',
    fiveHint: 'no persistence, RDB, no, everysec, always',
    edit: 'A race of your own…',
    editHint: 'lanes, workload, disk, seed',
  },
  setup: {
    title: 'Lanes, workload and disk',
    intro: 'Starting builds new machines with empty disks; those of now are thrown away.',
    lanes: 'Lanes',
    lane: (i: number): string => `Lane ${i}`,
    name: 'name',
    nameOf: (i: number): string => `Name of lane ${i}`,
    config: 'redis.conf',
    configOf: (lane: string): string => `redis.conf of ${lane}`,
    add: 'Add a lane',
    addKind: 'What the new lane keeps',
    remove: 'Remove',
    removeLane: (lane: string): string => `Remove ${lane}`,
    most: 'five lanes are the most',
    fewest: 'a race needs two lanes',
    badLine: (line: number, text: string, reason: string): string =>
      `Line ${line}, \`${text}\`: ${reason}. Change the line or take it out.`,
    badFile: (reason: string): string => `redis-server would not start: ${reason}.`,
    badName: 'A name has 1 to 32 letters, digits, - or _.',
    sameName: (name: string): string => `Two lanes are called ${name}. Give one another name.`,
    workload: 'Workload',
    rate: 'rate',
    rateUnit: 'commands/s',
    loop: 'loop',
    open: 'open: commands come at this rate',
    closed: 'closed: each client sends when answered',
    clients: 'clients',
    mix: 'commands, one a line',
    mixHelp: '{n} counts up, {k} is one of the keys, {v} a value',
    keys: 'keys',
    valueBytes: 'value size',
    bytes: 'B',
    transactions: 'in a transaction',
    transactionsUnit: 'commands, 0: none',
    ttl: 'keys live',
    ttlUnit: 'ms, 0: for ever',
    mixes: 'Fill in',
    mixNames: {
      writes: 'writes',
      reads: 'reads and writes',
      counters: 'counters',
      scripts: 'scripts',
    },
    disk: 'Disk',
    seed: 'seed',
    range: (name: string, from: number, to: number): string =>
      `${name}: a whole number from ${count(from, numbers)} to ${count(to, numbers)}.`,
    quotes: (line: number): string => `Line ${line}: a quote is not closed. Close it.`,
    noMix: 'At least one command is wanted.',
    problems: (n: number): string =>
      n === 1 ? 'One thing is to be mended.' : `${n} things are to be mended.`,
    start: 'Start the race',
    cancel: 'Back to the race',
  },
  csvName: 'aof-lab-race.csv',
  pngName: 'aof-lab-race.png',
  pictureFoot: (workload: string, disk: string, seed: number, part: string): string =>
    `${part} · ${workload} · ${disk} · seed ${seed} · AOF Lab`,
  second: 's',
  duration: (ms: number): string => duration(ms, numbers),
};

export type RaceTexts = typeof en;
