/**
 * docker's command line and its daemon in one: containers are processes of the machine with a root, a network and a
 * /data volume of their own, on the same disk. Texts and exit codes are those of Docker 27.
 */
import type { ByteString } from '../../../base/bytes.ts';
import { complain, now, print, type ProgramContext, type Run } from '../../program.ts';
import { images, pull } from './images.ts';
import { inspect, ps } from './inspect.ts';
import { kill, rm, start, stop, wait } from './lifecycle.ts';
import { logs } from './logs.ts';
import { exec, run } from './run.ts';
import { volume } from './volume-command.ts';

type Command = (argv: readonly ByteString[]) => Run;

const commands: ReadonlyMap<string, { readonly act: Command; readonly summary: string }> = new Map([
  [
    'run',
    { act: (argv) => run(argv, 'run'), summary: 'Create and run a new container from an image' },
  ],
  ['exec', { act: exec, summary: 'Execute a command in a running container' }],
  ['ps', { act: ps, summary: 'List containers' }],
  [
    'pull',
    { act: (argv) => pull(argv.at(-1) ?? ''), summary: 'Download an image from a registry' },
  ],
  ['images', { act: listImages, summary: 'List images' }],
  ['create', { act: (argv) => run(argv, 'create'), summary: 'Create a new container' }],
  ['inspect', { act: inspect, summary: 'Return low-level information on Docker objects' }],
  ['kill', { act: kill, summary: 'Kill one or more running containers' }],
  ['logs', { act: logs, summary: 'Fetch the logs of a container' }],
  ['restart', { act: (argv) => stop(argv, 'restart'), summary: 'Restart one or more containers' }],
  ['rm', { act: rm, summary: 'Remove one or more containers' }],
  ['start', { act: start, summary: 'Start one or more stopped containers' }],
  ['stop', { act: (argv) => stop(argv, 'stop'), summary: 'Stop one or more running containers' }],
  ['volume', { act: volume, summary: 'Manage volumes' }],
  [
    'wait',
    { act: wait, summary: 'Block until one or more containers stop, then print their exit codes' },
  ],
] satisfies [string, { act: Command; summary: string }][]);

export function* docker({ argv }: ProgramContext): Run {
  const [, ...words] = argv;
  if (words[0] === 'container') words.shift();
  const [name, ...rest] = words;
  if (name === '--version' || name === '-v') {
    yield* print('Docker version 27.5.1, build 9f9e405 (simulated: the containers of this lab)\n');
    return 0;
  }
  if (name === undefined || name === '--help' || name === 'help') {
    yield* print(usage());
    return 0;
  }
  const command = commands.get(name === 'ls' ? 'ps' : name);
  if (command !== undefined) return yield* command.act(rest);
  yield* complain(`docker: '${name}' is not a docker command.\nSee 'docker --help'`);
  return 1;
}

function* listImages(): Run {
  yield* print(images(yield* now()));
  return 0;
}

function usage(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}\n`);
  return `Usage:  docker [OPTIONS] COMMAND\n\nA self-sufficient runtime for containers\n\nCommands:\n${lines.join('')}`;
}
