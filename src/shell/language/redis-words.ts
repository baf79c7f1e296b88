/** What a tutorial prints for redis-cli, redis.conf or another machine is pasted into bash too: where it belongs. */
import { commandFacts } from '../../engine/command-facts.ts';
import { findDirective } from '../../server/directives.ts';

const NO_INSTALLING = 'nothing can be installed here; help lists the programs';
const NO_PYTHON =
  'there is no Python here: aof-parse FILE prints what a parser in Python prints, and rdb and redis-dumper are there';
const NO_SERVICES =
  'servers are started by hand here: redis-cli SHUTDOWN, then redis-server /etc/redis/redis.conf &';
const NO_EDITOR = 'the editor here is nano';
const NO_TOP = 'here: watch -n 1 ps aux';

const elsewhere: ReadonlyMap<string, string> = new Map([
  ...['vi', 'vim', 'emacs', 'notepad', 'code'].map((name): [string, string] => [name, NO_EDITOR]),
  ...['python', 'python2', 'python3'].map((name): [string, string] => [name, NO_PYTHON]),
  ...['apt', 'apt-get', 'brew', 'pip', 'pip3', 'yum', 'dnf', 'apk'].map(
    (name): [string, string] => [name, NO_INSTALLING],
  ),
  ...['systemctl', 'service'].map((name): [string, string] => [name, NO_SERVICES]),
  ...['top', 'htop'].map((name): [string, string] => [name, NO_TOP]),
]);

/** Undefined: there is nothing to be said about the word. */
export function hintFor(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words;
  const line = words.join(' ');
  if (elsewhere.has(name)) return elsewhere.get(name);
  if (findDirective(name) !== undefined && rest.length > 0)
    return `${name} is a setting: write it into /etc/redis/redis.conf and start the server again, or type: redis-cli CONFIG SET ${line}`;
  if (commandFacts.some((command) => command.name.toUpperCase() === name.toUpperCase()))
    return `${name.toUpperCase()} is a command of Redis: type it in the redis-cli tab, or here behind redis-cli`;
  return undefined;
}
