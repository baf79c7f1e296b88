/** A machine of a lab as its shells have it. */
import type { Lane } from '../lab/lane.ts';
import type { Reply } from '../resp/reply.ts';
import type { MainServer } from './main-server.ts';
import type { Network } from './network.ts';
import type { ProcessTable } from './process-table.ts';
import type { ScriptedShell } from './scripted-shell.ts';
import type { Session } from './session.ts';
import type { TerminalFeed } from './terminal-feed.ts';

export interface Machine {
  readonly lane: Lane;
  readonly table: ProcessTable;
  readonly network: Network;
  readonly main: MainServer;
  /** Those that wait for replies of the main server, by their client's name. */
  readonly clients: Map<string, (reply: Reply | null) => void>;
  readonly scripted: ScriptedShell;
  readonly sessions: Set<OpenTerminal>;
}

export interface OpenTerminal {
  /** In its lab. */
  readonly number: number;
  readonly session: Session;
  readonly feed: TerminalFeed;
}
