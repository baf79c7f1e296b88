/** What a tutorial prints for redis-cli or redis.conf is pasted into bash too: where it belongs. */
import { commandFacts } from '../../engine/command-facts.ts';
import { findDirective } from '../../server/directives.ts';

/** Undefined: the word is none of Redis's. */
export function hintFor(words: readonly string[]): string | undefined {
  const [name = '', ...rest] = words;
  const line = words.join(' ');
  if (findDirective(name) !== undefined && rest.length > 0)
    return `${name} is a setting: write it into /etc/redis/redis.conf and start the server again, or type: redis-cli CONFIG SET ${line}`;
  if (commandFacts.some((command) => command.name.toUpperCase() === name.toUpperCase()))
    return `${name.toUpperCase()} is a command of Redis: type it in the redis-cli tab, or here behind redis-cli`;
  return undefined;
}
