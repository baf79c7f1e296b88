/**
 * Every text of the page in English. `**bold**` and `` `code` `` are the only marks, read by parts/rich.svelte.
 * Texts of Redis itself (replies, logs) are never here: they are not translated.
 */
import type { Recovered, StorageView } from '../../worker/protocol.ts';
import type { LayerMark } from '../parts/layer-mark.ts';
import type { NumberStyle } from './numbers.ts';
import { count, duration, instant } from './numbers.ts';

const numbers: NumberStyle = { group: ',', decimal: '.', second: 's' };
const layers: Readonly<Record<LayerMark, string>> = {
  buffer: 'process buffer',
  cache: 'page cache',
  disk: 'disk',
  lost: 'lost',
};
const writes = (n: number): string => (n === 1 ? 'acknowledged write' : 'acknowledged writes');

export const en = {
  code: 'EN',
  numbers,
  layers,

  bar: {
    label: 'The machine',
    power: 'power',
    redis: 'redis 7.2',
    on: 'on',
    off: 'off',
    running: 'running',
    notRunning: 'not running',
    loading: 'loading',
    failed: 'refused to start',
    starting: 'starting',
    workload: 'workload',
    disk: 'disk',
    noAof: 'no AOF',
    none: 'off',
    theme: 'Theme',
    language: 'Language',
    lessons: 'Lesson',
    more: 'More',
    keys: 'All keys',
    startOver: 'Start over',
    places: 'Places',
    lab: 'Lab',
    race: 'Race',
    lane: 'lane',
  },
  policies: {
    title: 'When Redis asks the disk to keep the log',
    always: 'fsync before each reply',
    everysec: 'one fsync a second',
    no: 'the kernel decides',
    off: 'no append-only file is kept',
  },
  disks: {
    title: 'Another disk is an empty disk: the lab starts over.',
    hdd: '7200 rpm disk',
    ssd: 'SATA SSD',
    nvme: 'NVMe SSD',
    cloud: 'cloud volume',
    lying: 'lying drive',
    fsync: (ms: number): string => `fsync ${ms} ms`,
  },
  workloads: {
    title: 'Writes that come by themselves, in lab time',
    off: 'off',
    rate: (n: number): string => `${count(n, numbers)} writes/s`,
  },
  themes: {
    title: 'Theme',
    light: 'Light',
    dark: 'Dark',
    contrast: 'High contrast',
    auto: 'As the system',
  },

  acts: {
    power: 'Cut power',
    kill: 'Kill process',
    boot: 'Boot',
    rewrite: 'Rewrite',
    faults: 'More faults',
    faultsShort: 'Faults',
    play: 'Play',
    pause: 'Pause',
    step: 'Step',
    hideLessons: 'Hide the lessons',
    showTable: 'Show as table',
    showPicture: 'Show as picture',
    close: 'Close',
    restart: 'Restart the lab',
    takeOver: 'Take over',
    exportRun: 'Export the run',
    openFiles: 'Open the files',
    startOver: 'Start over',
    send: 'Send',
    expand: 'Show the steps',
    collapse: 'Hide the steps',
  },
  cannot: {
    running: 'it is running',
    loading: 'the log is being replayed',
    powerOff: 'the power is off',
    notRunning: 'Redis is not running',
    noLog: 'there is no append-only file',
    rewriting: 'a rewrite is running',
    watching: 'this tab only watches',
    starting: 'the lab is starting',
    past: 'an earlier instant is shown',
    because: (act: string, reason: string): string => `${act}: ${reason}.`,
  },

  ruler: {
    title: 'Durability ruler',
    wholeFile: (size: string): string => `whole file, ${size}`,
    empty: 'empty',
    noFile: 'no file is kept',
    disk: (size: string): string => `${size}, safe`,
    diskWhole: (size: string): string => `the whole file, ${size}`,
    cache: (size: string, n: number): string =>
      `${size}, ${count(n, numbers)} ${n === 1 ? 'write' : 'writes'}, dies with the power`,
    cacheDead: (size: string): string => `${size}, dies with the power`,
    buffer: (size: string, n: number): string =>
      `${size}, ${count(n, numbers)} ${n === 1 ? 'command' : 'commands'}, dies with the process`,
    lost: (size: string, n: number, layer: LayerMark): string =>
      `${size}, ${count(n, numbers)} ${n === 1 ? 'write' : 'writes'}, died in the ${layers[layer]}`,
    gone: (size: string): string => `${size} in the buffer, never acknowledged`,
    goneShort: 'never acknowledged',
    bufferShort: 'buffer',
    markers: {
      acknowledged: 'acknowledged',
      written: 'written',
      fsynced: 'fsynced',
      'fsynced-says-drive': 'fsynced, says the drive',
      'file-ends': 'the file ends here',
      'had-been-acknowledged': 'had been acknowledged',
      replayed: 'replayed into memory up to',
    },
    memory: 'memory',
    fsyncSince: (at: number, done: number, whole: number): string =>
      `fsync since ${instant(at, numbers)}, ${duration(done, numbers).replace(' s', '')} of ${duration(whole, numbers)}`,
    yours: (command: string): string => `your ${command}`,
    table: {
      caption: 'The bytes of the log and where they are',
      zone: 'where',
      from: 'from offset',
      to: 'to offset',
    },
    stripLabel: (zones: string): string => `The log, byte by byte: ${zones}.`,
    minimapLabel: 'The part of the file that the ruler shows',
  },

  sentence: {
    powerNow: 'If the power failed now:',
    processNow: 'If the process died now:',
    powerNowShort: 'If the power failed now',
    processNowShort: 'If the process died now',
    wouldBeLost: (n: number, ms: number): string =>
      n === 0 ? 'would be lost.' : `${writes(n)}, **${duration(ms, numbers)}**, would be lost.`,
    wouldBeLostShort: (n: number, ms: number): string =>
      n === 0 ? 'lost' : `lost, ${duration(ms, numbers)}`,
    nothingWritten: 'would be lost. Nothing has been written.',
    all: 'all',
    noFile: 'would be lost: no file is kept.',
    inFlight: (k: number): string =>
      k === 1
        ? 'The one in the buffer has no reply yet.'
        : `The ${count(k, numbers)} in the buffer have no reply yet.`,
    powerCutAt: (at: number): string => `Power cut at ${instant(at, numbers)}:`,
    killedAt: (at: number): string => `Process killed at ${instant(at, numbers)}:`,
    areLost: (n: number, ms: number): string => {
      if (n === 0) return 'are lost.';
      return `${writes(n)}, **${duration(ms, numbers)}**, ${n === 1 ? 'is' : 'are'} lost.`;
    },
    ofShort: (a: number): string => `of ${count(a, numbers)}`,
    bootWill: 'Boot will replay:',
    fileKept: 'The file kept:',
    ofWrites: (a: number): string => `of ${count(a, numbers)} ${writes(a)}.`,
    replaying: 'Replaying the log:',
    ofCommands: (i: number, m: number | null): string =>
      m === null
        ? `${count(i, numbers)} ${i === 1 ? 'command' : 'commands'} so far.`
        : `${count(i, numbers)} of ${count(m, numbers)} commands.`,
    stopped: 'Redis was stopped in order:',
    refused: 'Boot was refused:',
    refusedWhy: 'Redis does not load this file.',
    starting: 'The lab is starting:',
    startingWhy: 'the machine is being built.',
    fileRemoved: 'would be lost: **their file was removed** under the running server.',
    predictFirst: 'the answer appears when your prediction is locked.',
    predictFirstShort: 'predict first',
  },

  time: {
    title: 'Time',
    speed: 'speed',
    speedValue: (text: string): string => `${text} of real time`,
    granularity: 'What a step is',
    command: 'command',
    tick: 'tick',
    fsync: 'fsync',
    now: 'now',
    atRiskLabel: 'at risk if the power fails',
    commands: 'commands',
    fsyncs: 'fsync',
    faults: 'faults',
    atRisk: (n: number): string => `${count(n, numbers)} at risk`,
    lost: (n: number): string => `${count(n, numbers)} lost`,
    powerCut: 'power cut',
    killed: 'killed',
    boot: 'boot',
    armed: (name: string): string => `${name} armed`,
    slowed: (times: number): string =>
      times === 10
        ? 'Slowed ten times, so that you can see each step.'
        : `Slowed ${count(times, numbers)} times.`,
    hastened: (times: number): string => `${count(times, numbers)} times as fast as real time.`,
    off: 'Unpowered time is hatched.',
    pictureLabel: (at: number, n: number): string =>
      `Timeline up to ${instant(at, numbers)} s; ${count(n, numbers)} acknowledged ${n === 1 ? 'write' : 'writes'} at risk now.`,
    table: {
      caption: 'What happened, by lab time',
      at: 'time, s',
      what: 'what',
      value: 'value',
      risk: 'at risk if the power fails',
      fsync: 'fsync',
      own: 'your command',
    },
  },

  faults: { title: 'Faults' },

  console: {
    title: 'Console',
    redisCli: 'redis-cli',
    bash: 'bash',
    shellInputLabel: 'shell command',
    shellPlaceholder: 'a shell command',
    interrupt: 'Ctrl-C',
    switchLabel: 'redis-cli or bash',
    tryThis: 'Try',
    loading: 'Loading the terminal',
    inputLabel: 'redis-cli command',
    placeholder: 'a Redis command',
    transcript: 'What redis-cli printed',
    chips: 'Commands to try',
    wayOut: 'Terminal. Tab completes; F6 leaves.',
  },

  side: {
    log: 'Log',
    memory: 'Memory',
    ledger: 'Ledger',
    files: 'Files',
    calls: 'Calls',
    traffic: 'Traffic',
    serverLog: 'Server',
    time: 'Time',
    label: 'The log and what is kept',
    loading: 'Loading',
  },

  lesson: {
    label: 'Lesson',
    course: 'All lessons',
    kicker: 'First visit',
    minutes: (n: number): string => `${n} min`,
    title: 'What is the AOF?',
    objective:
      'A file of every write, from which memory can be rebuilt. See one write travel to it, and see what a power cut leaves.',
    stepOf: (i: number, n: number): string => `${i} of ${n}`,
    steps: {
      write: {
        title: 'Write something',
        text: 'Press the suggested command, or type it in the console. Redis stores a key, and logs the command.',
        done: (command: string): string => `You sent \`${command}\`. It stands in the log.`,
      },
      sync: {
        title: 'Watch it reach the disk',
        text: 'The bytes go from the **process buffer** to the **page cache** and, once a second, to the **disk**. Until an fsync ends, a power cut takes them.',
        textPaused: 'The clock is paused. Press **Play**, or step to the next fsync.',
        done: (at: number): string =>
          `The fsync ended at ${instant(at, numbers)} s. A power cut cannot take it now. To see a write pass each place, slow the clock to 1/1000 and write again.`,
      },
      crash: {
        title: 'Cut the power, then boot',
        text: 'Write once more if you like, then press **Cut power**. Everything above the disk forgets.',
        textLoading: 'Redis reads the file from its start and runs each command again.',
        textFailed: 'Redis refuses this file. Look at it in **Files**, or start over.',
        textBootProcess: 'Redis is gone, the machine still runs. Press **Boot** to start it again.',
        textBoot: 'The machine is dark. Press **Boot**: Redis reads the file and runs it again.',
        done: (kept: number, lost: number): string =>
          `${count(kept, numbers)} came back, ${count(lost, numbers)} ${lost === 1 ? 'was' : 'were'} lost.`,
      },
    },
    finished:
      'Done. Now let a workload write, choose another policy, and cut again: see what changes.',
    explore: 'Rather explore on your own? The lab works without lessons.',
    again: 'Do it again',
    state: { done: 'done', now: 'now', next: 'next' },
  },

  layerTable: {
    intro:
      'Nothing has been written yet. Each write will appear here and pass through three places:',
    place: 'place',
    processDies: 'process dies',
    powerFails: 'power fails',
    kept: 'kept',
    lost: 'lost',
    buffer: 'Redis has the bytes, the kernel does not.',
    cache: 'The kernel has them, the disk does not.',
    disk: 'An fsync has finished. The write is safe.',
  },

  messages: {
    label: 'Messages',
    failed: 'Redis refused to start',
    failedWhatToDo: 'Mend the file, or start over with an empty disk.',
    storageFull: 'The browser’s own storage is not keeping the run',
    storageMemory: 'The browser keeps nothing of this run',
    storageNot: 'This is not the simulated disk: the simulation goes on.',
    readOnly: 'Open in another tab',
    storageNotice: ({ notice }: StorageView): string => notice ?? '',
    recovered: 'Your last visit is here again',
    recoveredText: ({ text }: Recovered): string => text,
    fatal: 'The lab has stopped',
    hung: 'The lab does not answer',
    refusal: 'That did not work',
    newBuild: 'A newer AOF Lab is here',
    newBuildText:
      'Using it reloads this page, which cuts the power of its machines. Nothing changes until you agree.',
    useNewBuild: 'Use it now',
    later: 'Later',
  },

  splitters: {
    lesson: 'Width of the lesson',
    console: 'Width of the console',
    time: 'Height of the timeline',
  },
};

export type Dictionary = typeof en;
