/** The texts of what is done with consoles. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  open: 'New console: another redis-cli, with a client of its own',
  close: (name: string): string => `Close ${name}`,
  attached: (client: number, lane: string): string => `client ${client}, lane ${lane}`,
  named: (client: string, lane: string): string => `client ${client}, lane ${lane}`,
};

export type ConsoleTexts = typeof en;

export const id = {
  open: 'Konsol baru: redis-cli lain, dengan klien sendiri',
  close: (name) => `Tutup ${name}`,
  attached: (client, lane) => `klien ${client}, lajur ${lane}`,
  named: (client, lane) => `klien ${client}, lajur ${lane}`,
} satisfies ConsoleTexts;

export function consoleTexts(): ConsoleTexts {
  return locale.language === 'id' ? id : en;
}
