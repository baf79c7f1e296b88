/** Random commands by the type of value that they are about. */
import type { Grammar } from '../support/random-programs.ts';
import { bitmapGrammar, hyperLogLogGrammar, stringGrammar } from './grammars/strings.ts';
import { geoGrammar, sortedSetGrammar } from './grammars/sorted-sets.ts';
import { hashGrammar, listGrammar, setGrammar } from './grammars/collections.ts';
import { genericGrammar, streamGrammar } from './grammars/keys.ts';

export const grammars: Readonly<Record<string, Grammar>> = {
  string: stringGrammar,
  hash: hashGrammar,
  list: listGrammar,
  set: setGrammar,
  zset: sortedSetGrammar,
  stream: streamGrammar,
  bitmap: bitmapGrammar,
  hll: hyperLogLogGrammar,
  geo: geoGrammar,
  generic: genericGrammar,
};
