/**
 * What a person is told about the browser's own storage: what is wrong, where, and what to do.
 * "Saved" is never said of a store that does not write.
 */
export const notices = {
  secondTab:
    'Another tab of this browser has this lab open and writes it. Here you can look, and nothing you do is kept. Take over to write from this tab.',
  takenOver:
    'Another tab took this lab over. What you do here is no longer kept. Take over again to write from this tab.',
  newerVersion:
    'A newer version of this page wrote this browser’s storage. Reload this tab; until then nothing you do here is kept.',
  memoryOnly: (reasons: readonly string[]) =>
    `Nothing is kept when this tab closes: ${reasons.join(' ')} Export what you want to keep.`,
  degraded: (working: string, reasons: readonly string[]) =>
    `The lab is kept in one place only, ${working}: ${reasons.join(' ')} Export what you want to keep.`,
};

/** Why a store does not work, as a sentence that ends a notice. */
export function failureSentence(label: string, error: unknown): string {
  if (isQuota(error)) {
    return `${label} has no room left. Free some disk space or remove data of other sites.`;
  }
  const message = error instanceof Error && error.message !== '' ? error.message : nameOf(error);
  return `${label} cannot be used (${message.replace(/\.$/, '')}).`;
}

/** Chromium's QuotaExceededError has an empty message and, by version, one class or another. */
function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name === 'QuotaExceededError';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : String(error);
}
