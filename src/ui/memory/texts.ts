/** The texts of the memory pane. */
import type { MemoryMark } from '../../worker/protocol.ts';
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  label: 'Memory now, and after a boot',
  help: 'Arrow keys, Page Up and Page Down move through the keys.',
  accident: 'If now',
  accidents: { 'power-lost': 'the power fails', 'process-killed': 'the process dies' },
  filter: 'Filter keys',
  compare: 'Compare now',
  report: 'Size of each key',
  comparedAt: (instant: string): string => `compared at ${instant} s`,
  columns: { mark: '', key: 'key', now: 'in memory now', after: 'after the boot', ttl: 'ttl' },
  marks: { gone: 'gone', older: 'older', back: 'back', same: 'stays' } satisfies Record<
    MemoryMark,
    string
  >,
  sums: {
    gone: (n: number, count: string): string => `**${count}** ${n === 1 ? 'is' : 'are'} gone`,
    older: (n: number, count: string): string =>
      `**${count}** ${n === 1 ? 'has an older value' : 'have an older value'}`,
    back: (n: number, count: string): string =>
      `**${count}** deleted ${n === 1 ? 'key is' : 'keys are'} back`,
    same: (n: number, count: string): string => `**${count}** ${n === 1 ? 'stays' : 'stay'}`,
  },
  after: 'After a boot:',
  nothing: 'There is no key, and none would come back.',
  noMatch: (filter: string): string => `No key has “${filter}” in its name.`,
  refused: 'Redis would not start on what is left:',
  deleted: 'deleted',
  missing: 'missing',
  sameValue: 'the same',
  loading: 'Loading',
  failed: 'The comparison failed:',
  noServer: 'No server runs: this is what a boot would bring back.',
  type: (type: string, encoding: string): string => `${type}, ${encoding}`,
};

export type MemoryTexts = typeof en;

export const id = {
  label: 'Memori sekarang, dan setelah dinyalakan',
  help: 'Tombol panah, Page Up, dan Page Down menelusuri kunci.',
  accident: 'Jika sekarang',
  accidents: { 'power-lost': 'listrik padam', 'process-killed': 'proses mati' },
  filter: 'Saring kunci',
  compare: 'Bandingkan sekarang',
  report: 'Ukuran setiap kunci',
  comparedAt: (instant: string): string => `dibandingkan pada ${instant} detik`,
  columns: {
    mark: '',
    key: 'kunci',
    now: 'di memori sekarang',
    after: 'setelah dinyalakan',
    ttl: 'ttl',
  },
  marks: { gone: 'hilang', older: 'lama', back: 'kembali', same: 'tetap' },
  sums: {
    gone: (_n: number, count: string): string => `**${count}** hilang`,
    older: (_n: number, count: string): string => `**${count}** bernilai lama`,
    back: (_n: number, count: string): string => `**${count}** yang dihapus kembali`,
    same: (_n: number, count: string): string => `**${count}** tetap`,
  },
  after: 'Setelah dinyalakan:',
  nothing: 'Tidak ada kunci, dan tidak ada yang akan kembali.',
  noMatch: (filter: string): string => `Tidak ada kunci dengan “${filter}” di namanya.`,
  refused: 'Redis tidak akan menyala dengan sisa berkasnya:',
  deleted: 'dihapus',
  missing: 'tidak ada',
  sameValue: 'sama',
  loading: 'Memuat',
  failed: 'Pembandingan gagal:',
  noServer: 'Tidak ada server yang berjalan: inilah yang akan kembali setelah dinyalakan.',
  type: (type: string, encoding: string): string => `${type}, ${encoding}`,
} satisfies MemoryTexts;

export function memoryTexts(): MemoryTexts {
  return locale.language === 'id' ? id : en;
}
