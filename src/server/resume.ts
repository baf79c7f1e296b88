/** Where a thread's plan goes on when its calls have ended. */
import { unreachable } from '../base/assert.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import type { Core } from './core.ts';
import { directoryChanged, historyCollected } from './config-apply.ts';
import { backgroundSynced, flushCut, flushSynced, flushWritten } from './flush.ts';
import { configRead, configWritten } from './requests.ts';
import { incrOpened, rewriteBegun, rewriteForked, rewriterKilled } from './rewrite.ts';
import { baseInstalled, rewriteCleaned } from './rewrite-end.ts';
import {
  saveForked,
  saveInstalled,
  saveOpened,
  saveSynced,
  saveUndone,
  saveWritten,
} from './save.ts';
import { childStopped, logClosed, shutdownSynced } from './shutdown.ts';
import { closeUnlinked } from './manifest-calls.ts';
import { historyRemoved, logOpened } from './open-log.ts';
import { beginStartup, manifestRead, upgraded } from './read-manifest.ts';
import { fileRead, sizesRead, snapshotRead, tailCut } from './startup.ts';
import type { Step } from './steps.ts';
import { usersRead, usersWritten } from './users.ts';

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
    case 'upgraded':
      return upgraded(core, step.manifest, outcome);
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
      return historyRemoved(core, outcome);
    case 'rewrite-begun':
      return rewriteBegun(core, outcome);
    case 'incr-opened':
      return incrOpened(core, step, outcome);
    case 'forked':
      return step.kind === 'aof' ? rewriteForked(core, outcome) : saveForked(core, outcome);
    case 'save-opened':
      return saveOpened(core, outcome);
    case 'save-written':
      return saveWritten(core, step.length, outcome);
    case 'save-synced':
      return saveSynced(core, outcome);
    case 'save-installed':
      return saveInstalled(core, outcome);
    case 'save-undone':
      return saveUndone(core);
    case 'base-installed':
      return baseInstalled(core, step, outcome);
    case 'rewrite-cleaned':
      return rewriteCleaned(core, step, outcome);
    case 'rewriter-killed':
      return rewriterKilled(core, outcome);
    case 'unlinked':
      return closeUnlinked(core, outcome);
    case 'directory-changed':
      return directoryChanged(core, step, outcome);
    case 'child-stopped':
      return childStopped(core, outcome);
    case 'stopped':
      return shutdownSynced(core, step.covers, outcome.results[0]);
    case 'append-only-stopped':
      return logClosed(core, step.covers, outcome);
    case 'history-collected':
      return historyCollected(core, step.client, outcome);
    case 'config-read':
      return configRead(core, step, outcome);
    case 'config-written':
      return configWritten(core, step, outcome);
    case 'acl-read':
      if (usersRead(core, step, outcome) === 'loaded' && step.client === null) beginStartup(core);
      return;
    case 'acl-written':
      return usersWritten(core, step, outcome);
    case 'closed':
      return;
    default:
      return unreachable(step);
  }
}
