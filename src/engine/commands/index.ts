/** The command table's groups. A new group adds a line here. */
import type { Handlers } from '../command.ts';
import { clientCommands } from './client.ts';
import { commandInfoCommands } from './command-info.ts';
import { connectionCommands } from './connection.ts';
import { debugCommands } from './debug.ts';
import { expiryCommands } from './expiry.ts';
import { genericCommands } from './generic.ts';
import { objectCommands } from './object.ts';
import { serverCommands } from './server.ts';
import { stringCommands } from './strings.ts';
import { transactionCommands } from './transactions.ts';

export const handlers: readonly Handlers[] = [
  stringCommands,
  genericCommands,
  objectCommands,
  expiryCommands,
  transactionCommands,
  connectionCommands,
  clientCommands,
  serverCommands,
  commandInfoCommands,
  debugCommands,
];
