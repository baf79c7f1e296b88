import type { ByteString } from '../base/bytes.ts';

/** What a command answers, independent of the protocol version that the client speaks. */
export type Reply =
  /** One line of latin1, no CR or LF. */
  | { readonly type: 'status'; readonly value: string }
  /** `ERR syntax error`: the code first, without the leading `-`. */
  | { readonly type: 'error'; readonly value: string }
  /** A bigint only beyond ±2^53. */
  | { readonly type: 'integer'; readonly value: number | bigint }
  | {
      readonly type: 'bulk';
      readonly value: ByteString;
      /** What stands before it in RESP3 (DEBUG PROTOCOL alone has any). */
      readonly attributes?: readonly (readonly [Reply, Reply])[];
    }
  /** RESP2 `$-1`, RESP3 `_`. */
  | { readonly type: 'null' }
  /** RESP2 `*-1`, RESP3 `_`. */
  | { readonly type: 'null-array' }
  | { readonly type: 'array'; readonly value: readonly Reply[] }
  /** RESP2: a flat array of keys and values. */
  | { readonly type: 'map'; readonly value: readonly (readonly [Reply, Reply])[] }
  /** RESP2: an array. */
  | { readonly type: 'set'; readonly value: readonly Reply[] }
  /** RESP2: a bulk string. `text` where Redis does not write the fewest digits. */
  | { readonly type: 'double'; readonly value: number; readonly text?: ByteString }
  /** RESP2: 1 or 0. */
  | { readonly type: 'boolean'; readonly value: boolean }
  /** RESP2: a bulk string. */
  | { readonly type: 'bignumber'; readonly value: string }
  /** RESP2: a bulk string of the text alone. */
  | { readonly type: 'verbatim'; readonly format: 'txt' | 'mkd'; readonly value: ByteString }
  /** RESP2: an array. */
  | { readonly type: 'push'; readonly value: readonly Reply[] };

/** The version of the protocol that a client chose with HELLO; 2 before that. */
export type Protocol = 2 | 3;
