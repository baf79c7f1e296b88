import { equalsIgnoreCase } from '../base/bytes.ts';

const SECRET_DIRECTIVES = [
  'masterauth',
  'masteruser',
  'tls-key-file-pass',
  'tls-client-key-file-pass',
  'requirepass',
];
const SECRET_ACL_SUBCOMMANDS = ['deluser', 'setuser', 'getuser'];

/** Whether a command may carry a secret, and so is not written to the stored history (redis-cli.c:isSensitiveCommand). */
export function isSensitiveCommand(argv: readonly string[]): boolean {
  const word = (i: number): string => argv[i] ?? '';
  const is = (i: number, name: string): boolean => equalsIgnoreCase(word(i), name);
  const isOneOf = (i: number, names: readonly string[]): boolean =>
    names.some((name) => is(i, name));

  if (is(0, 'auth')) return true;
  if (is(0, 'acl')) return isOneOf(1, SECRET_ACL_SUBCOMMANDS);
  if (is(0, 'config') && is(1, 'set')) {
    for (let i = 2; i < argv.length; i += 2) if (isOneOf(i, SECRET_DIRECTIVES)) return true;
    return false;
  }
  if (is(0, 'hello')) return helloCarriesSecret(argv);
  if (is(0, 'migrate')) return migrateCarriesSecret(argv);
  if (is(0, 'sentinel') && argv.length > 4) {
    if (is(1, 'config') && is(2, 'set')) return isOneOf(3, ['sentinel-pass', 'sentinel-user']);
    return is(1, 'set') && isOneOf(3, ['auth-pass', 'auth-user']);
  }
  return false;
}

/** `HELLO [protover [AUTH username password] [SETNAME name]]`. */
function helloCarriesSecret(argv: readonly string[]): boolean {
  if (argv.length <= 4) return false;
  for (let i = 2; i < argv.length; i++) {
    const following = argv.length - 1 - i;
    if (equalsIgnoreCase(argv[i] ?? '', 'auth') && following >= 2) return true;
    if (!equalsIgnoreCase(argv[i] ?? '', 'setname') || following === 0) return false;
    i++;
  }
  return false;
}

/** `MIGRATE host port key db timeout [COPY] [REPLACE] [AUTH password] [AUTH2 user password] [KEYS key …]`. */
function migrateCarriesSecret(argv: readonly string[]): boolean {
  if (argv.length <= 7) return false;
  for (let i = 6; i < argv.length; i++) {
    const following = argv.length - 1 - i;
    if (equalsIgnoreCase(argv[i] ?? '', 'auth') && following >= 1) return true;
    if (equalsIgnoreCase(argv[i] ?? '', 'auth2') && following >= 2) return true;
    if (equalsIgnoreCase(argv[i] ?? '', 'keys') && following >= 1) return false;
  }
  return false;
}
