/**
 * What redis-cli 7.2 says in its own name (redis-cli.c). The only copy of these texts: the console,
 * the shell's `redis-cli` and the page's scripting door all print from here.
 */

export const NOT_CONNECTED_PROMPT = 'not connected> ';

/** redis-cli.c:cliPrintContextError over hiredis's error for an end of file. */
export const SERVER_CLOSED_CONNECTION = 'Error: Server closed the connection';

export const INVALID_ARGUMENTS = 'Invalid argument(s)';

export const INVALID_REPEAT = 'Invalid redis-cli repeat command option value.';

export const RESTART_ONLY_IN_DEBUGGER = "Use 'restart' only in Lua debugging mode.";

export const READING_MESSAGES =
  'Reading messages... (press Ctrl-C to quit or any key to type command)';

/** redis-cli.c:cliConnect. `reason` is the text of errno, as of strerror. */
export function couldNotConnect(
  host: string,
  port: number,
  reason: string = CONNECTION_REFUSED,
): string {
  return `Could not connect to Redis at ${host}:${port}: ${reason}`;
}

/** strerror(ECONNREFUSED). */
export const CONNECTION_REFUSED = 'Connection refused';

/** redis-cli.c:cliSelect: the database of before a reconnection can't be chosen again. */
export function selectFailed(db: number, error: string): string {
  return `SELECT ${db} failed: ${error}`;
}

/** redis-cli.c:cliSetPreferences. */
export function unknownPreference(name: string): string {
  return `unknown redis-cli preference '${name}'`;
}

/** redis-cli.c:cliSetPreferences. */
export function unknownInternalCommand(name: string): string {
  return `unknown redis-cli internal command '${name}'`;
}

/** redis-cli.c:repl prints it after a command that took half a second or more. */
export function elapsedText(millis: number): string {
  return `(${(millis / 1000).toFixed(2)}s)`;
}

/** Our own: redis-cli itself cuts a line at its terminal's buffer without a word. */
export function lineTooLong(limit: number): string {
  return `Not taken: a line holds at most ${limit} characters here. Send a longer one with aofLab.send.`;
}

/** redis-cli.c:cliOutputGenericHelp. */
export function genericHelp(version: string): string {
  return [
    `redis-cli ${version}`,
    'To get help about Redis commands type:',
    '      "help @<group>" to get a list of commands in <group>',
    '      "help <command>" for help on <command>',
    '      "help <tab>" to get a list of possible help topics',
    '      "quit" to exit',
    '',
    'To set redis-cli preferences:',
    '      ":set hints" enable online hints',
    '      ":set nohints" disable online hints',
    'Set your preferences in ~/.redisclirc',
  ].join('\n');
}
