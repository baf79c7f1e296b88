/**
 * Small choices of the learner (theme, language, sizes of panes), kept in this browser.
 * They are comforts: where the browser refuses to keep them, the page works without.
 */
export function readPreference(name: string): string | null {
  try {
    return localStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

export function writePreference(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // A private window or blocked storage: the choice lasts as long as the page.
  }
}

const prefix = 'aof-lab.';
