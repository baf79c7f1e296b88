import type { ByteString } from '../base/bytes.ts';
import type { Millis } from '../base/time.ts';
import type { HelpTable } from '../cli/command-syntax.ts';
import type { ControlAction } from '../cli/control-line.ts';
import type { Reply } from '../resp/reply.ts';

/** Whether a connection could be made; `reason` is the text of errno. */
export type ConnectResult =
  { readonly kind: 'connected' } | { readonly kind: 'refused'; readonly reason?: string };

/** What became of a command. SUBSCRIBE and its like answer once for each channel. */
export type SendResult =
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] }
  | { readonly kind: 'closed' }
  | { readonly kind: 'refused'; readonly reason?: string };

/** What the session needs of the page. */
export interface RedisCliPorts {
  readonly connect: (host: string, port: number) => Promise<ConnectResult>;
  /** Sends a command over the connection that was made last. */
  readonly send: (argv: readonly ByteString[]) => Promise<SendResult>;
  /** Drops that connection; a command that waits on it is of no more interest. */
  readonly disconnect: () => void;
  /** Does what a control line asks for. A text in return is printed. */
  readonly control: (action: ControlAction) => Promise<string | undefined>;
  /** Names the connection that `send` uses now; another name is another connection. Empty: it has none yet. */
  readonly place?: () => string;
  /** The machines that `!lane` can name. */
  readonly lanes?: () => readonly string[];
  /** Text and escape sequences for the terminal; nothing, when there is none. */
  readonly write: (ansi: string) => void;
  /** Undefined until the facts of the commands have come. */
  readonly helpTable: () => HelpTable | undefined;
  readonly loadHistory: () => readonly string[];
  readonly saveHistory: (lines: readonly string[]) => void;
  /** The clock of the machine, for `(0.52s)` behind a slow command. */
  readonly now?: () => Millis;
  /** After `quit`. The session stays, as if redis-cli had been started again. */
  readonly quit?: () => void;
}
