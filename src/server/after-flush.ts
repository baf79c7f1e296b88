/** Where the main thread goes on once the log is flushed. */
import { unreachable } from '../base/assert.ts';
import type { Core } from './core.ts';
import { emptyAndLoad } from './requests.ts';
import { openNextIncr } from './rewrite.ts';
import { closeLog, finishShutdown } from './shutdown.ts';
import type { AfterFlush } from './steps.ts';

export function afterFlush(core: Core, next: AfterFlush): void {
  switch (next) {
    case 'turn':
      return;
    case 'rewrite':
      return openNextIncr(core);
    case 'shutdown':
      return finishShutdown(core);
    case 'append-only-off':
      return closeLog(core);
    case 'reload':
      return emptyAndLoad(core);
    default:
      return unreachable(next);
  }
}
