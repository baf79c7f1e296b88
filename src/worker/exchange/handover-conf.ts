/** The redis.conf to go on with elsewhere: what persistence needs, and what this server has otherwise than by default. */
import { directiveText, defaultDirectives, findDirective } from '../../server/directives.ts';
import type { DirectiveValues } from '../../server/directives.ts';
import { rewrittenConfig } from '../../server/config-rewrite.ts';
import type { ByteString } from '../../base/bytes.ts';
import { ascii, EMPTY } from '../../base/bytes.ts';

/** Given in any case: a file that says nothing of them would rely on the defaults of another version. */
const PERSISTENCE: readonly string[] = [
  'appendonly',
  'appendfilename',
  'appenddirname',
  'appendfsync',
  'no-appendfsync-on-rewrite',
  'auto-aof-rewrite-percentage',
  'auto-aof-rewrite-min-size',
  'aof-load-truncated',
  'aof-use-rdb-preamble',
  'aof-timestamp-enabled',
  'aof-rewrite-incremental-fsync',
  'save',
  'dbfilename',
  'rdbcompression',
  'rdbchecksum',
  'stop-writes-on-bgsave-error',
];

/** Of this machine alone: where its files, its processes and its peers are. */
const PLACE: readonly string[] = [
  'dir',
  'port',
  'bind',
  'unixsocket',
  'unixsocketperm',
  'pidfile',
  'logfile',
  'daemonize',
  'supervised',
  'syslog-enabled',
  'enable-debug-command',
  'enable-protected-configs',
  'enable-module-command',
];

/** What Redis 7.0 does not know; a file with one of these in it does not start there. */
export const NEW_IN_7_2: readonly string[] = [
  'set-max-listpack-entries',
  'set-max-listpack-value',
  'cluster-announce-human-nodename',
  'locale-collate',
  'availability-zone',
  'max-new-connections-per-cycle',
  'max-new-tls-connections-per-cycle',
];

/** `users`: whether the server knows more users than the default one, or that one has a password. */
export function handoverConf(values: DirectiveValues, users: 'users' | 'none'): ByteString {
  const own = linesOf(values);
  const standard = linesOf(defaultDirectives());
  const lines = [
    '# Settings of a server in AOF Lab, for Redis 7 or Valkey.',
    '# Data files belong into the folder that the server is started in, or into `dir`.',
    '',
    '# Persistence',
    ...PERSISTENCE.flatMap((name) => own.get(name) ?? []),
  ];
  const others = [...own].filter(
    ([name, text]) =>
      !PERSISTENCE.includes(name) &&
      !PLACE.includes(name) &&
      text.join('\n') !== standard.get(name)?.join('\n'),
  );
  const secrets = others.filter(
    ([name]) => findDirective(name)?.flags.includes('sensitive') === true,
  );
  const plain = others.filter(([name]) => !secrets.some(([secret]) => secret === name));
  const newer = plain.filter(([name]) => NEW_IN_7_2.includes(name));
  const known = plain.filter(([name]) => !NEW_IN_7_2.includes(name));
  if (known.length > 0)
    lines.push(
      '',
      '# What was set otherwise than by default',
      ...known.flatMap(([, text]) => text),
    );
  if (newer.length > 0)
    lines.push(
      '',
      '# Redis 7.0 does not know these: take the # away for 7.2 and later, and for Valkey',
      ...newer.flatMap(([, text]) => text.map((line) => `# ${line}`)),
    );
  if (secrets.length > 0)
    lines.push(
      '',
      '# Secrets are not handed over: take the # away and choose your own',
      ...secrets.map(([name]) => `# ${name} CHOOSE-YOUR-OWN`),
    );
  if (users === 'users')
    lines.push('', '# Users and their passwords are not handed over: see ACL SETUSER');
  for (const [from, to] of values.renames)
    lines.push(`rename-command ${from} ${to === '' ? '""' : to}`);
  return ascii(`${lines.join('\n')}\n`);
}

/** Every directive's lines, as CONFIG REWRITE words them, by name. */
function linesOf(values: DirectiveValues): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (const line of rewrittenConfig(EMPTY, values, [], 'all').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const name = line.slice(0, line.indexOf(' '));
    lines.set(name, [...(lines.get(name) ?? []), line]);
  }
  return lines;
}

/** Redis finds the data under these names. */
export function dataNames(values: DirectiveValues): {
  readonly log: string;
  readonly snapshot: string;
} {
  return {
    log: directiveText(values, 'appenddirname'),
    snapshot: directiveText(values, 'dbfilename'),
  };
}
