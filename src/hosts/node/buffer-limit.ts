/** client-output-buffer-limit, of which only the class of normal clients has members here. */
import { directiveText, type DirectiveValues } from '../../server/directives.ts';

export interface BufferLimit {
  /** Bytes; 0: none. */
  readonly hard: number;
  readonly soft: number;
  readonly softSeconds: number;
}

export function normalBufferLimit(directives: DirectiveValues): BufferLimit {
  const words = directiveText(directives, 'client-output-buffer-limit').split(' ');
  const at = words.indexOf('normal');
  const [hard, soft, softSeconds] = words.slice(at + 1, at + 4).map(Number);
  return { hard: hard ?? 0, soft: soft ?? 0, softSeconds: softSeconds ?? 0 };
}
