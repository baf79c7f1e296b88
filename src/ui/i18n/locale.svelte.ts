/** The language of the page: `locale.text` is the dictionary that every component reads. */
import { readPreference, writePreference } from '../preferences.ts';
import { en } from './en.ts';
import type { Dictionary } from './en.ts';
import { bytes, count, duration, instant, offset, percent } from './numbers.ts';

export type Language = 'en' | 'id';

/** Each in its own words, for the menu. */
export const languageNames: Readonly<Record<Language, string>> = {
  en: 'English',
  id: 'Bahasa Indonesia',
};

/** English is always there; another language is fetched when it is wanted. */
const dictionaries: Readonly<Record<Language, () => Promise<Dictionary>>> = {
  en: () => Promise.resolve(en),
  id: async () => (await import('./id.ts')).id,
};

class Locale {
  #language = $state<Language>('en');
  #text = $state.raw<Dictionary>(en);

  get language(): Language {
    return this.#language;
  }
  get text(): Dictionary {
    return this.#text;
  }

  async choose(language: Language): Promise<void> {
    writePreference('language', language);
    await this.#speak(language);
  }

  /** The learner's earlier choice, else the first language of the browser that we speak. */
  async start(): Promise<void> {
    const kept = readPreference('language');
    const wanted = kept === null ? navigator.languages : [kept];
    const known = wanted.map(languageOf).find((language) => language !== undefined);
    await this.#speak(known ?? 'en');
  }

  /** Numbers inside sentences, in the manner of the language. */
  count(value: number): string {
    return count(value, this.text.numbers);
  }
  duration(ms: number): string {
    return duration(ms, this.text.numbers);
  }
  instant(ms: number): string {
    return instant(ms, this.text.numbers);
  }
  /** The same in every language. */
  readonly bytes = bytes;
  readonly offset = offset;
  readonly percent = percent;

  async #speak(language: Language): Promise<void> {
    this.#text = await dictionaries[language]();
    this.#language = language;
    document.documentElement.lang = language;
  }
}

export const locale = new Locale();

/** `id-ID` → `id`; undefined for a language that we do not speak. */
function languageOf(tag: string): Language | undefined {
  const [primary] = tag.toLowerCase().split('-');
  return primary === 'en' || primary === 'id' ? primary : undefined;
}
