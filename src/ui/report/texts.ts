/** The texts of the memory report. */
import type { ReportColumn } from '../../worker/protocol.ts';
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  title: 'What each key takes in memory',
  help: 'Arrow keys, Page Up and Page Down move through the keys.',
  source: 'Data of',
  live: 'the running server',
  choose: 'Choose an .rdb file',
  csv: 'Download as CSV',
  reading: 'Reading the keys',
  total: (n: number, keys: string, bytes: string): string =>
    `**${keys}** ${n === 1 ? 'key' : 'keys'}, about **${bytes}**`,
  rule: 'Sizes are estimates, those that rdb -c memory prints: of a 64-bit server with jemalloc.',
  damage: 'The file is damaged; these are the keys before that:',
  failed: 'There is no report:',
  empty: 'There is no key.',
  byType: 'By type',
  byDatabase: 'By database',
  sortBy: 'Sort by',
  up: 'smallest first',
  down: 'largest first',
  columns: {
    key: 'key',
    type: 'type',
    bytes: 'size',
    elements: 'elements',
    largest: 'largest element',
    database: 'database',
  } satisfies Record<ReportColumn, string>,
  keys: (n: number, count: string): string => (n === 1 ? '1 key' : `${count} keys`),
  loading: 'Loading',
};

export type ReportTexts = typeof en;

export const id = {
  title: 'Memori yang dipakai setiap kunci',
  help: 'Tombol panah, Page Up, dan Page Down menelusuri kunci.',
  source: 'Data dari',
  live: 'server yang berjalan',
  choose: 'Pilih berkas .rdb',
  csv: 'Unduh sebagai CSV',
  reading: 'Membaca kunci',
  total: (_n: number, keys: string, bytes: string): string =>
    `**${keys}** kunci, kira-kira **${bytes}**`,
  rule: 'Ukurannya perkiraan, seperti dicetak rdb -c memory: untuk server 64 bit dengan jemalloc.',
  damage: 'Berkas rusak; inilah kunci sebelum kerusakannya:',
  failed: 'Laporan tidak bisa dibuat:',
  empty: 'Tidak ada kunci.',
  byType: 'Menurut tipe',
  byDatabase: 'Menurut database',
  sortBy: 'Urutkan menurut',
  up: 'terkecil dulu',
  down: 'terbesar dulu',
  columns: {
    key: 'kunci',
    type: 'tipe',
    bytes: 'ukuran',
    elements: 'elemen',
    largest: 'elemen terbesar',
    database: 'database',
  },
  keys: (_n: number, count: string): string => `${count} kunci`,
  loading: 'Memuat',
} satisfies ReportTexts;

export function reportTexts(): ReportTexts {
  return locale.language === 'id' ? id : en;
}
