/** client-output-buffer-limit: how much may wait for a client that does not take its replies. */
export interface BufferLimit {
  /** Bytes; 0: none. */
  readonly hard: number;
  readonly soft: number;
  readonly softSeconds: number;
}

export interface BufferLimits {
  readonly normal: BufferLimit;
  /** For those who listen to channels. */
  readonly pubsub: BufferLimit;
}

/** `text`: the directive's, `normal 0 0 0 slave …`. To be kept: it is looked at for every reply. */
export function bufferLimits(text: string): BufferLimits {
  const words = text.split(' ');
  const limit = (name: string): BufferLimit => {
    const at = words.indexOf(name);
    const [hard, soft, softSeconds] = at < 0 ? [] : words.slice(at + 1, at + 4).map(Number);
    return { hard: hard ?? 0, soft: soft ?? 0, softSeconds: softSeconds ?? 0 };
  };
  return { normal: limit('normal'), pubsub: limit('pubsub') };
}
