/** The texts of the view of what passes between server and clients. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  label: 'Commands and messages',
  help: 'Every command as MONITOR shows it, and every published message as its subscriber is given it.',
  filter: 'Filter traffic',
  follow: 'Follow',
  show: 'Show',
  all: 'all',
  commands: 'commands',
  messages: 'messages',
  empty:
    'Nothing has passed since you began to look. Send a command, or `SUBSCRIBE news` in one console and `PUBLISH news hello` in another.',
  noMatch: 'None of the lines passes the filter.',
  kept: (count: string): string =>
    `The last ${count} lines since you began to look. Looking costs the server nothing; a client’s own MONITOR does.`,
  failed: 'The traffic could not be read:',
  columns: { who: 'client', what: 'command or message' },
  given: (channel: string): string => `heard on ${channel}:`,
  givenBy: (channel: string, pattern: string): string => `heard on ${channel} by ${pattern}:`,
  listeners: 'Who listens',
  nobody: 'Nobody listens to a channel, and nobody monitors.',
  kinds: { channel: 'channel', pattern: 'pattern', shard: 'shard channel' },
  monitors: 'MONITOR',
  moreChannels: (count: string): string => `and ${count} more`,
};

export type TrafficTexts = typeof en;

export const id = {
  label: 'Perintah dan pesan',
  help: 'Setiap perintah seperti ditampilkan MONITOR, dan setiap pesan yang diterima pelanggannya.',
  filter: 'Saring lalu lintas',
  follow: 'Ikuti',
  show: 'Tampilkan',
  all: 'semua',
  commands: 'perintah',
  messages: 'pesan',
  empty:
    'Belum ada yang lewat sejak Anda mulai melihat. Kirim satu perintah, atau `SUBSCRIBE news` di satu konsol dan `PUBLISH news hello` di konsol lain.',
  noMatch: 'Tidak ada baris yang lolos saringan.',
  kept: (count) =>
    `${count} baris terakhir sejak Anda mulai melihat. Melihat di sini tidak membebani server; MONITOR milik klien membebani.`,
  failed: 'Lalu lintas tidak bisa dibaca:',
  columns: { who: 'klien', what: 'perintah atau pesan' },
  given: (channel) => `terdengar di ${channel}:`,
  givenBy: (channel, pattern) => `terdengar di ${channel} lewat ${pattern}:`,
  listeners: 'Siapa yang mendengar',
  nobody: 'Tidak ada yang mendengarkan saluran, dan tidak ada yang memantau.',
  kinds: { channel: 'saluran', pattern: 'pola', shard: 'saluran shard' },
  monitors: 'MONITOR',
  moreChannels: (count) => `dan ${count} lagi`,
} satisfies TrafficTexts;

export function trafficTexts(): TrafficTexts {
  return locale.language === 'id' ? id : en;
}
