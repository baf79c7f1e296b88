/** Where the main thread goes on once the log is flushed, or a snapshot is written. */
import { unreachable } from '../base/assert.ts';
import type { Core } from './core.ts';
import { emptyAndLoad, savedForReload } from './requests.ts';
import { openNextIncr } from './rewrite.ts';
import { answerSave } from './save.ts';
import { closeLog, finalSaveEnded, finishShutdown } from './shutdown.ts';
import type { AfterSave } from './state.ts';
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

export function afterSave(core: Core, after: AfterSave, how: 'saved' | 'failed'): void {
  switch (after.then) {
    case 'reply':
      return answerSave(core, after.client, how);
    case 'flushed-all':
      return;
    case 'shutdown':
      return finalSaveEnded(core, how);
    case 'reload':
      return savedForReload(core, how);
    default:
      return unreachable(after);
  }
}
