/** What directives that are texts refuse, each with the words of config.c. */
import { unreachable } from '../base/assert.ts';
import type { StringRule } from './directives.ts';

/** Why `value` is refused; undefined: it is fine. */
export function stringProblem(rule: StringRule, value: string): string | undefined {
  switch (rule) {
    case 'any':
    case 'bytes':
      return undefined;
    case 'dbfilename':
      return isBaseName(value) ? undefined : "dbfilename can't be a path, just a filename";
    case 'appendfilename':
      if (value === '') return "appendfilename can't be empty";
      return isBaseName(value) ? undefined : "appendfilename can't be a path, just a filename";
    case 'appenddirname':
      if (value === '') return "appenddirname can't be empty";
      return isBaseName(value) ? undefined : "appenddirname can't be a path, just a dirname";
    case 'hostname':
      return hostnameProblem(value);
    case 'nodename':
      return /[!#$%&()*+:;<>?@[\]^{|}~]/.test(value)
        ? 'Announced human node name contained invalid character'
        : undefined;
    case 'proc-title':
      return isTitleTemplate(value)
        ? undefined
        : 'template format is invalid or contains unknown variables';
    case 'locale':
      return LOCALES.includes(value) ? undefined : 'Invalid locale name';
    default:
      return unreachable(rule);
  }
}

const LONGEST_HOSTNAME = 255;

function hostnameProblem(value: string): string | undefined {
  if (value.length > LONGEST_HOSTNAME)
    return `Hostnames must be less than ${LONGEST_HOSTNAME + 1} characters`;
  if (/^[A-Za-z0-9.-]*$/.test(value)) return undefined;
  return 'Hostnames may only contain alphanumeric characters, hyphens or dots';
}

/** Locales that every system has; which others there are depends on the machine. */
const LOCALES: readonly string[] = ['', 'C', 'POSIX', 'C.UTF-8'];

/** util.c:pathIsBaseName. */
function isBaseName(path: string): boolean {
  return !path.includes('/') && !path.includes('\\');
}

const TITLE_VARIABLES: readonly string[] = [
  'listen-addr',
  'server-mode',
  'port',
  'tls-port',
  'config-file',
];
/** Known, but empty while it is checked. */
const EMPTY_TITLE_VARIABLES: readonly string[] = ['title', 'unixsocket'];

/** server.c:validateProcTitleTemplate: the variables are known, and something is left when they are filled in. */
function isTitleTemplate(template: string): boolean {
  let filled = '';
  for (let at = 0; at < template.length; at++) {
    if (template.charAt(at) !== '{') {
      filled += template.charAt(at);
    } else if (template.charAt(at + 1) === '{') {
      filled += '{';
      at++;
    } else {
      const end = template.indexOf('}', at);
      const name = template.slice(at + 1, end);
      if (end < 0 || !(TITLE_VARIABLES.includes(name) || EMPTY_TITLE_VARIABLES.includes(name)))
        return false;
      if (TITLE_VARIABLES.includes(name)) filled += name;
      at = end;
    }
  }
  return filled.trim() !== '';
}
