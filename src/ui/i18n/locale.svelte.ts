/** The language of the page: `locale.text` is the dictionary that every component reads. */
import { readPreference, writePreference } from '../preferences.ts';
import { en } from './en.ts';
import type { Dictionary } from './en.ts';
import { id } from './id.ts';
import { bytes, count, duration, instant, offset, percent } from './numbers.ts';

export type Language = 'en' | 'id';
export const languages: readonly Language[] = ['en', 'id'];

class Locale {
  #language = $state<Language>('en');
  readonly text: Dictionary = $derived(this.#language === 'id' ? id : en);

  get language(): Language {
    return this.#language;
  }

  choose(language: Language): void {
    this.#language = language;
    document.documentElement.lang = language;
    writePreference('language', language);
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

  /** The learner's earlier choice, else the first language of the browser that we speak. */
  start(): void {
    const kept = readPreference('language');
    const wanted = kept === null ? navigator.languages : [kept];
    const known = wanted
      .map((tag) => languages.find((language) => tag === language || tag.startsWith(`${language}-`)))
      .find((language) => language !== undefined);
    this.#language = known ?? 'en';
    document.documentElement.lang = this.#language;
  }
}

export const locale = new Locale();
