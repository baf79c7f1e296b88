/** Where a thread's plan goes on when its calls have ended. */
import { unreachable } from '../base/assert.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import type { Core } from './core.ts';
import { backgroundSynced, flushCut, flushSynced, flushWritten } from './flush.ts';
import { configRead, configWritten } from './requests.ts';
import { baseInstalled, incrOpened, rewriteCleaned, rewriteForked } from './rewrite.ts';
import { saveForked, saveInstalled, saveOpened, saveUndone, saveWritten } from './save.ts';
import { logClosed, shutdownSynced } from './shutdown.ts';
import {
  fileRead,
  historyRemoved,
  logOpened,
  manifestRead,
  sizesRead,
  snapshotRead,
  tailCut,
} from './startup.ts';
import type { Step } from './steps.ts';

export function resume(core: Core, step: Step, outcome: PlanOutcome): void {
  switch (step.step) {
    case 'flush-written':
      return flushWritten(core, step, outcome);
    case 'flush-cut':
      return flushCut(core, step, outcome);
    case 'flush-synced':
      return flushSynced(core, step, outcome);
    case 'background-synced':
      return backgroundSynced(core, step, outcome);
    case 'manifest-read':
      return manifestRead(core, outcome);
    case 'sizes-read':
      return sizesRead(core, step.manifest, outcome);
    case 'file-read':
      return fileRead(core, outcome);
    case 'snapshot-read':
      return snapshotRead(core, outcome);
    case 'tail-cut':
      return tailCut(core, step, outcome);
    case 'log-opened':
      return logOpened(core, step, outcome);
    case 'history-removed':
      return historyRemoved(core);
    case 'incr-opened':
      return incrOpened(core, step, outcome);
    case 'forked':
      return step.kind === 'aof' ? rewriteForked(core, outcome) : saveForked(core, outcome);
    case 'save-opened':
      return saveOpened(core, outcome);
    case 'save-written':
      return saveWritten(core, step.length, outcome);
    case 'save-installed':
      return saveInstalled(core, outcome);
    case 'save-undone':
      return saveUndone(core);
    case 'base-installed':
      return baseInstalled(core, step, outcome);
    case 'rewrite-cleaned':
      return rewriteCleaned(core, step);
    case 'stopped':
      return shutdownSynced(core, step.covers, outcome.results[0]?.ok === true);
    case 'append-only-stopped':
      return logClosed(core, step.covers, outcome.results[0]?.ok === true);
    case 'config-read':
      return configRead(core, step, outcome);
    case 'config-written':
      return configWritten(core, step, outcome);
    case 'closed':
      return;
    default:
      return unreachable(step);
  }
}
