/** What `rename-command` did to the names of commands. */
import { lowerCase, type ByteString } from '../base/bytes.ts';

/** By the name that clients use, in lower case: the original name, or null where that name is taken away. */
export type Renames = Map<string, string | null>;

export function newRenames(pairs: readonly (readonly [ByteString, ByteString])[]): Renames {
  const renames: Renames = new Map();
  for (const [from, to] of pairs) {
    const old = lowerCase(from);
    const original = renames.get(old) ?? old;
    renames.set(old, null);
    if (to !== '') renames.set(lowerCase(to), original);
  }
  return renames;
}
