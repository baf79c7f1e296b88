/** The commands of Redis 7.2.4 that the suite is about, from what a real one reported of itself. */
import { readFileSync } from 'node:fs';

export interface ArgumentSpec {
  readonly name: string;
  readonly type: string;
  readonly token?: string;
  readonly flags?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
}

export interface CommandSpec {
  /** `config|get` */
  readonly name: string;
  /** Words, the name included; negative: at least that many. */
  readonly arity: number;
  readonly flags: readonly string[];
  readonly arguments: readonly ArgumentSpec[];
}

/** Scripting has suites of its own; the others are outside of what the server is. */
const outside: Readonly<Record<string, string>> = {
  eval: 'scripting',
  evalsha: 'scripting',
  eval_ro: 'scripting',
  evalsha_ro: 'scripting',
  fcall: 'scripting',
  fcall_ro: 'scripting',
  function: 'scripting',
  script: 'scripting',
  module: 'modules',
  psync: 'replication',
  sync: 'replication',
  replconf: 'replication',
  failover: 'replication',
  'restore-asking': 'cluster',
};

type Row = readonly [string, number, readonly string[], ...unknown[]];
interface Docs {
  readonly arguments?: readonly ArgumentSpec[];
  readonly subcommands?: Readonly<Record<string, Docs>>;
}

export function commandsInScope(): readonly CommandSpec[] {
  const file = new URL('../golden/commands-7.2.4.json', import.meta.url);
  const golden = JSON.parse(readFileSync(file, 'utf8')) as {
    command: Row[];
    docs: Record<string, Docs>;
  };
  return golden.command
    .filter(([name]) => outside[name] === undefined)
    .flatMap((row) => {
      const docs = golden.docs[row[0]] ?? {};
      const subcommands = row[9] as readonly Row[];
      if (subcommands.length === 0) return [specOf(row, docs)];
      return subcommands.map((sub) => specOf(sub, docs.subcommands?.[sub[0]] ?? {}));
    });
}

function specOf([name, arity, flags]: Row, docs: Docs): CommandSpec {
  return { name, arity, flags, arguments: docs.arguments ?? [] };
}

/** The words that a client types: `CONFIG GET` */
export function typedName({ name }: CommandSpec): string {
  return name.replace('|', ' ').toUpperCase();
}
