import { locale } from '../i18n/locale.svelte.ts';
import { decimal } from '../i18n/numbers.ts';

export type Figures = Readonly<Record<string, number | string | boolean | null>>;

/** A figure in the manner of the language: seconds and milliseconds with decimals, everything else whole. */
export function figureText(name: string, figures: Figures): string {
  const value = figures[name];
  const base = name.replace(/@.*$/, '');
  if (typeof value === 'string' && /^\d{4,15}$/.test(value)) return locale.count(Number(value));
  if (typeof value !== 'number') return String(value ?? '–');
  if (base === 'crash.at') return locale.instant(value * 1000);
  if (base.endsWith('.seconds') || base.endsWith('.ms'))
    return decimal(value, 2, locale.text.numbers);
  return locale.count(value);
}
