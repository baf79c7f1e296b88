/**
 * Where our programs, those of Redis 7.2.4, may print otherwise than Debian's of 7.0.15. What an exception makes alike
 * is made alike on both sides; all else must be equal byte for byte.
 */
export interface Exception {
  readonly name: string;
  readonly reason: string;
  /** The scripts that it is for: those that hold this text. */
  readonly scripts: string;
  readonly alike: (text: string) => string;
}

export const exceptions: readonly Exception[] = [
  {
    name: 'version',
    reason: '7.2.4 is not 7.0.15',
    scripts: '',
    alike: (text) => text.replaceAll('7.0.15', 'VERSION').replaceAll('7.2.4', 'VERSION'),
  },
  {
    name: 'pid and time of day of a log line',
    reason:
      'pids and clocks differ; 7.2 logs what is no warning as a notice (*), 7.0 as a warning (#)',
    scripts: 'redis-server',
    alike: (text) => text.replace(/^\d+:C \d\d .{21} [*#] /gm, 'LOG '),
  },
  {
    name: 'port out of range',
    reason: '7.2 refuses the port itself, 7.0 tries to connect to it',
    scripts: '-p 70000',
    alike: (text) =>
      text
        .replace('Could not connect to Redis at 127.0.0.1:70000: Connection refused\n', 'REFUSED\n')
        .replace('Invalid server port.\n', 'REFUSED\n'),
  },
  {
    name: 'words of a refusal by the access list',
    reason: '7.2 names the user',
    scripts: 'ACL SETUSER',
    alike: (text) =>
      text.replace(/NOPERM (?:this user|User bob) has no permissions/, 'NOPERM has no permissions'),
  },
  {
    name: 'reading messages',
    reason: '7.2 says so at a terminal only',
    scripts: 'SUBSCRIBE',
    alike: (text) => text.replaceAll('Reading messages... (press Ctrl-C to quit)\n', ''),
  },
  {
    name: 'shortest doubles',
    reason: '7.2 prints doubles in the fewest digits, 7.0 in 17',
    scripts: 'GEOPOS',
    alike: (text) => text.replace(/"(\d+\.\d+)"/g, (_, digits: string) => `"${Number(digits)}"`),
  },
];
