/** An argument of a command, in the words of COMMAND DOCS. */
export interface CommandArgument {
  readonly name: string;
  /** key, string, integer, double, pattern, unix-time, pure-token, oneof, block */
  readonly type: string;
  readonly token?: string;
  readonly display_text?: string;
  /** optional, multiple, multiple_token */
  readonly flags?: readonly string[];
  /** The choices of a oneof, the parts of a block. */
  readonly arguments?: readonly CommandArgument[];
}

/** What hints, Tab and `help` know of a command; a subcommand is `client|kill`. */
export interface CommandSyntax {
  readonly name: string;
  readonly group?: string;
  readonly since?: string;
  readonly summary?: string;
  readonly arguments?: readonly CommandArgument[];
}

/** The shape of COMMAND DOCS: command names, each with its facts and its subcommands. */
export interface CommandDocs {
  readonly [name: string]: {
    readonly group?: string;
    readonly since?: string;
    readonly summary?: string;
    readonly arguments?: readonly CommandArgument[];
    readonly subcommands?: CommandDocs;
  };
}

/** Commands and subcommands of COMMAND DOCS in one list. */
export function commandSyntaxOf(docs: CommandDocs): CommandSyntax[] {
  return Object.entries(docs).flatMap(([name, { subcommands, ...facts }]) => [
    { name, ...facts },
    ...commandSyntaxOf(subcommands ?? {}),
  ]);
}

/** An entry of redis-cli's help table (redis-cli.c: helpEntry). */
export interface HelpEntry {
  /** `CLIENT KILL`. */
  readonly full: string;
  /** Its words, in upper case. */
  readonly words: readonly string[];
  readonly syntax: CommandSyntax;
}

export interface HelpTable {
  /** Sorted by their full names. */
  readonly entries: readonly HelpEntry[];
  /** `@string` and so on, sorted. */
  readonly groups: readonly string[];
}

/** Builds the table that hints, completion and help look into (redis-cli.c:cliInitHelp). */
export function helpTableOf(commands: readonly CommandSyntax[]): HelpTable {
  const entries = commands.map((syntax) => {
    const words = syntax.name.toUpperCase().split('|');
    return { full: words.join(' '), words, syntax };
  });
  const groups = new Set(
    commands.flatMap(({ group }) => (group === undefined ? [] : [`@${group}`])),
  );
  return {
    entries: entries.sort((a, b) => compare(a.full, b.full)),
    groups: [...groups].sort(compare),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
