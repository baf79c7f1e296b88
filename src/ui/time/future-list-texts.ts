/** The texts of the list of futures. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  ends: (at: string): string => `up to ${at}`,
  last: 'last:',
  nothing: 'nothing was done',
  hereNow: 'at hand',
  goOver: 'Go over',
  goOverTo: (name: string): string => `Go over to future ${name}`,
  compare: 'Compare',
  compareWith: (name: string): string => `Compare future ${name} with the one at hand`,
  share: 'Copy link',
  shareOf: (name: string): string => `Copy a link to future ${name}, or save it as a file`,
  copied: (name: string): string => `The link to future ${name} is copied.`,
  saved: (name: string): string => `Future ${name} is too long for a link: it is saved as a file.`,
  refused: (name: string): string =>
    `This browser does not let the page copy: future ${name} is saved as a file.`,
  thisVisit: 'only until this page closes',
  keeping: (count: string, size: string): string =>
    `This browser keeps them for your next visit, without passwords: the newest ${count}, together up to ${size}. The oldest go first.`,
};

export type FutureListTexts = typeof en;

export const id = {
  ends: (at: string): string => `sampai ${at}`,
  last: 'terakhir:',
  nothing: 'tidak ada yang dilakukan',
  hereNow: 'sedang dipakai',
  goOver: 'Pindah',
  goOverTo: (name: string): string => `Pindah ke masa depan ${name}`,
  compare: 'Bandingkan',
  compareWith: (name: string): string => `Bandingkan masa depan ${name} dengan yang sedang dipakai`,
  share: 'Salin tautan',
  shareOf: (name: string): string =>
    `Salin tautan ke masa depan ${name}, atau simpan sebagai berkas`,
  copied: (name: string): string => `Tautan ke masa depan ${name} disalin.`,
  saved: (name: string): string =>
    `Masa depan ${name} terlalu panjang untuk tautan: disimpan sebagai berkas.`,
  refused: (name: string): string =>
    `Peramban ini tidak mengizinkan halaman menyalin: masa depan ${name} disimpan sebagai berkas.`,
  thisVisit: 'hanya sampai halaman ini ditutup',
  keeping: (count: string, size: string): string =>
    `Peramban ini menyimpannya untuk kunjungan berikutnya, tanpa kata sandi: ${count} yang terbaru, bersama-sama sampai ${size}. Yang tertua dihapus lebih dulu.`,
} satisfies FutureListTexts;

export function futureListTexts(): FutureListTexts {
  return locale.language === 'id' ? id : en;
}
