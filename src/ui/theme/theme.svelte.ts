/** Light, dark or high contrast; without a choice, as the system asks. Stands as `data-theme` on the root element. */
import { readPreference, writePreference } from '../preferences.ts';

export type Theme = 'light' | 'dark' | 'contrast';
export const themes: readonly Theme[] = ['light', 'dark', 'contrast'];

class ThemeChoice {
  #chosen = $state<Theme | null>(null);
  #system = $state<Theme>('light');
  readonly current: Theme = $derived(this.#chosen ?? this.#system);

  /** Null: as the system asks. */
  get chosen(): Theme | null {
    return this.#chosen;
  }

  choose(theme: Theme | null): void {
    this.#chosen = theme;
    writePreference('theme', theme);
    this.#apply();
  }

  start(): void {
    const kept = readPreference('theme');
    this.#chosen = themes.find((theme) => theme === kept) ?? null;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const contrast = matchMedia('(prefers-contrast: more)');
    const follow = (): void => {
      this.#system = contrast.matches ? 'contrast' : dark.matches ? 'dark' : 'light';
      this.#apply();
    };
    dark.addEventListener('change', follow);
    contrast.addEventListener('change', follow);
    follow();
  }

  #apply(): void {
    document.documentElement.dataset['theme'] = this.current;
  }
}

export const theme = new ThemeChoice();
