/** The texts of what is done with a run as a whole. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  label: 'The run',
  undo: 'Undo',
  redo: 'Redo',
  share: 'Share',
  shareHint: 'Copy a link to this run: configuration and all that was done, without passwords',
  copied: 'The link is copied.',
  inAddress: 'The link stands in the address bar.',
  saved: 'The run is too long for a link: it is saved as a file.',
  sandbox: 'This is somebody’s run',
  sandboxText: 'You can try anything in it. Your own lab waits, as it was, and nothing is kept.',
  keep: 'Keep this run',
  leave: 'Back to my lab',
};

export type RunTexts = typeof en;

export const id = {
  label: 'Percobaan',
  undo: 'Urungkan',
  redo: 'Ulangi',
  share: 'Bagikan',
  shareHint:
    'Salin tautan ke percobaan ini: konfigurasi dan semua yang dilakukan, tanpa kata sandi',
  copied: 'Tautan disalin.',
  inAddress: 'Tautannya ada di bilah alamat.',
  saved: 'Percobaan terlalu panjang untuk tautan: disimpan sebagai berkas.',
  sandbox: 'Ini percobaan orang lain',
  sandboxText:
    'Anda bisa mencoba apa saja di sini. Lab Anda sendiri menunggu seperti semula, dan tidak ada yang disimpan.',
  keep: 'Simpan percobaan ini',
  leave: 'Kembali ke lab-ku',
} satisfies RunTexts;

export function runTexts(): RunTexts {
  return locale.language === 'id' ? id : en;
}
