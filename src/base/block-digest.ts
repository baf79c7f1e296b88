/** A digest of 64-byte blocks that takes its message piece by piece: MD5, SHA-1, SHA-256. */
export interface BlockRounds {
  readonly initial: readonly number[];
  /** Whether words and the length at the end begin with their high or with their low byte. */
  readonly order: 'big' | 'little';
  /** Mixes the block at `at` into the state. */
  compress(state: Uint32Array, bytes: Uint8Array, at: number): void;
}

export interface BlockDigestState {
  readonly rounds: BlockRounds;
  readonly words: Uint32Array;
  /** The start of a block that is not whole yet. */
  readonly rest: Uint8Array;
  restLength: number;
  length: number;
}

export function newBlockDigest(rounds: BlockRounds): BlockDigestState {
  return {
    rounds,
    words: Uint32Array.from(rounds.initial),
    rest: new Uint8Array(BLOCK),
    restLength: 0,
    length: 0,
  };
}

export function addToDigest(state: BlockDigestState, bytes: Uint8Array): void {
  const { rounds, words, rest } = state;
  state.length += bytes.length;
  let at = 0;
  if (state.restLength > 0) {
    at = Math.min(BLOCK - state.restLength, bytes.length);
    rest.set(bytes.subarray(0, at), state.restLength);
    state.restLength += at;
    if (state.restLength < BLOCK) return;
    rounds.compress(words, rest, 0);
  }
  for (; at + BLOCK <= bytes.length; at += BLOCK) rounds.compress(words, bytes, at);
  rest.set(bytes.subarray(at));
  state.restLength = bytes.length - at;
}

/** The digest; nothing can be added afterwards. */
export function endDigest(state: BlockDigestState): Uint8Array {
  const { rounds, words, length } = state;
  const little = rounds.order === 'little';
  const tail = new Uint8Array(
    (state.restLength + 9 > BLOCK ? 2 * BLOCK : BLOCK) - state.restLength,
  );
  tail[0] = 0x80;
  const view = new DataView(tail.buffer);
  const high = Math.floor(length / 0x2000_0000);
  const low = (length << 3) >>> 0;
  view.setUint32(tail.length - 8, little ? low : high, little);
  view.setUint32(tail.length - 4, little ? high : low, little);
  addToDigest(state, tail);
  const digest = new Uint8Array(words.length * 4);
  const out = new DataView(digest.buffer);
  for (const [i, word] of words.entries()) out.setUint32(i * 4, word, little);
  return digest;
}

const BLOCK = 64;
