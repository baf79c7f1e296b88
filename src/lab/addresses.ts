/** Where a server on the simulated machine can listen: it has no network card, so on its own addresses and on all. */
import { directiveText, type DirectiveValues } from '../server/directives.ts';

const LOCAL = /^(?:\*|::\*|0\.0\.0\.0|::1?|localhost|127(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3})$/;

/** An address with a minus sign before it may be one that the machine does not have. */
export function canListen(directives: DirectiveValues): boolean {
  return directiveText(directives, 'bind')
    .split(' ')
    .every((address) => address === '' || LOCAL.test(address) || OPTIONAL.test(address));
}

const OPTIONAL = /^-[\d.:a-f*]+$/i;
