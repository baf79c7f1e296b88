/** A lane's configuration as lines of redis.conf, and as the lab takes it. */
import type { LaneSetup } from '../../worker/protocol.ts';

/** What the lab sets by itself; a lane's lines say only what differs. */
const usual: ReadonlyMap<string, string> = new Map([
  ['appendonly', 'yes'],
  ['appendfsync', 'everysec'],
  ['save', '""'],
  ['enable-debug-command', 'local'],
]);
/** Always shown: the race is about them. */
const told: readonly string[] = ['appendonly', 'appendfsync'];

/** Name and value of each directive; of one that stands there twice, the later, but save points add up. */
export function configOf(lines: string): Record<string, string> {
  const config = new Map<string, string>();
  for (const raw of lines.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const [name = '', ...words] = line.split(/\s+/);
    const key = name.toLowerCase();
    const value = words.join(' ');
    const before = config.get(key);
    const adds = key === 'save' && value !== '""' && before !== undefined && before !== '""';
    config.set(key, adds ? `${before} ${value}` : value);
  }
  return Object.fromEntries([...config].map(([key, value]) => [key, value === '""' ? '' : value]));
}

/** The lines that a person edits. */
export function linesOf({ config = {} }: LaneSetup): string {
  const whole = new Map([...usual, ...Object.entries(config)]);
  const off = whole.get('appendonly') === 'no';
  return [...whole]
    .map(([name, value]) => [name, value === '' ? '""' : value] as const)
    .filter(([name, value]) =>
      told.includes(name) ? !(off && name === 'appendfsync') : usual.get(name) !== value,
    )
    .map(([name, value]) => `${name} ${value}`)
    .join('\n');
}

/** What redis-server says about its configuration file, taken apart. */
export interface LineProblem {
  readonly line: number | null;
  readonly text: string;
  readonly reason: string;
}

export function lineProblem(said: string): LineProblem {
  const found = /at line (\d+)\n>>> '(.*)'\n([^]*)/.exec(said);
  if (found === null)
    return { line: null, text: '', reason: said.replace(/^\s*\*{3}.*\n/, '').trim() };
  const [, line, text = '', reason = ''] = found;
  return { line: Number(line), text, reason: reason.trim() };
}
