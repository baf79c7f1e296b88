/** The texts of the panes of system calls and of redis-server's own log. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  calls: {
    label: 'System calls',
    help: 'Every call that a process of this machine has made of the kernel, as strace prints it.',
    filter: 'Filter calls',
    follow: 'Follow',
    empty: 'No process has called the kernel yet.',
    noMatch: (filter: string): string => `No call has “${filter}” in it.`,
    kept: (count: string): string => `The machine remembers the last ${count} calls.`,
    columns: { at: 'time', thread: 'thread', call: 'call', took: 'took' },
    failed: 'The calls could not be read:',
  },
  serverLog: {
    label: 'The server’s own log',
    help: 'What redis-server prints, and what the line means.',
    empty: 'The server has printed nothing yet.',
    follow: 'Follow',
    columns: { line: 'line', means: 'what it means' },
  },
};

export type WatchTexts = typeof en;

export const id = {
  calls: {
    label: 'Panggilan sistem',
    help: 'Setiap panggilan proses mesin ini ke kernel, seperti dicetak strace.',
    filter: 'Saring panggilan',
    follow: 'Ikuti',
    empty: 'Belum ada proses yang memanggil kernel.',
    noMatch: (filter: string): string => `Tidak ada panggilan dengan “${filter}”.`,
    kept: (count: string): string => `Mesin mengingat ${count} panggilan terakhir.`,
    columns: { at: 'waktu', thread: 'thread', call: 'panggilan', took: 'lama' },
    failed: 'Panggilan tidak bisa dibaca:',
  },
  serverLog: {
    label: 'Log server sendiri',
    help: 'Apa yang dicetak redis-server, dan apa artinya.',
    empty: 'Server belum mencetak apa-apa.',
    follow: 'Ikuti',
    columns: { line: 'baris', means: 'artinya' },
  },
} satisfies WatchTexts;

export function watchTexts(): WatchTexts {
  return locale.language === 'id' ? id : en;
}
