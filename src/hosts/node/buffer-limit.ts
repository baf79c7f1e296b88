/** client-output-buffer-limit, of which only the class of normal clients has members here. */

export interface BufferLimit {
  /** Bytes; 0: none. */
  readonly hard: number;
  readonly soft: number;
  readonly softSeconds: number;
}

/** `text`: the directive's, `normal 0 0 0 slave …`. To be kept: it is looked at for every reply. */
export function normalBufferLimit(text: string): BufferLimit {
  const words = text.split(' ');
  const at = words.indexOf('normal');
  const [hard, soft, softSeconds] = words.slice(at + 1, at + 4).map(Number);
  return { hard: hard ?? 0, soft: soft ?? 0, softSeconds: softSeconds ?? 0 };
}
