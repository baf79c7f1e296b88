/**
 * What a person is told about the browser's own storage: what is wrong, where, and what to do.
 * "Saved" is never said of a store that does not write.
 */
import type { StorageCause, StoreFailure } from './storage-view.ts';

/** In English; the page says it in its own language. */
export function noticeOf(cause: StorageCause): string {
  switch (cause.kind) {
    case 'second-tab':
      return 'Another tab of this browser has this lab open and writes it. Here you can look, and nothing you do is kept. Take over to write from this tab.';
    case 'taken-over':
      return 'Another tab took this lab over. What you do here is no longer kept. Take over again to write from this tab.';
    case 'newer-version':
      return 'A newer version of this page wrote this browser’s storage. Reload this tab; until then nothing you do here is kept.';
    case 'memory-only':
      return `Nothing is kept when this tab closes: ${reasons(cause.failures)} Export what you want to keep.`;
    case 'degraded':
      return `The lab is kept in one place only, ${cause.working.join(' and ')}: ${reasons(cause.failures)} Export what you want to keep.`;
  }
}

function reasons(failures: readonly StoreFailure[]): string {
  return failures.map(failureSentence).join(' ');
}

/** Why a store does not work, as a sentence that ends a notice. */
export function failureSentence({ store, message }: StoreFailure): string {
  return message === null
    ? `${store} has no room left. Free some disk space or remove data of other sites.`
    : `${store} cannot be used (${message}).`;
}

export function failureOf(store: string, error: unknown): StoreFailure {
  if (isQuota(error)) return { store, message: null };
  const message = error instanceof Error && error.message !== '' ? error.message : nameOf(error);
  return { store, message: message.replace(/\.$/, '') };
}

/** Chromium's QuotaExceededError has an empty message and, by version, one class or another. */
function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
