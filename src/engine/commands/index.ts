/** The command table's groups. A new group adds a line here. */
import type { Handlers } from '../command.ts';
import { transactionCommands } from './transactions.ts';

export const handlers: readonly Handlers[] = [transactionCommands];
