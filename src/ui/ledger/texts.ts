/** The texts of the loss ledger. `**bold**` as in the other dictionaries; {t} and {n} are already written out. */
import type { CrashKind, Layer } from '../../worker/protocol.ts';
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  label: 'The loss ledger',
  acknowledged: 'acknowledged',
  onTheDisk: 'on the disk',
  inTheFile: 'in the file',
  lost: 'lost',
  neverAcknowledged: 'never acknowledged',
  died: (n: string, all: boolean, one: boolean): string => {
    if (all) return one ? 'The one died in the' : `All ${n} died in the`;
    return `${n} died in the`;
  },
  layers: {
    process: 'process buffer',
    'page-cache': 'page cache',
    drive: 'drive’s own cache',
  } satisfies Record<Layer, string>,
  causes: {
    process: 'answered, but not yet written: the kernel never had the bytes.',
    due: (t: string): string =>
      `written and answered, but the fsync that would have saved them was due at ${t} s.`,
    kernel:
      'written and answered, but nobody had asked for an fsync: the kernel decides under this policy.',
    unsynced: 'written and answered, but no fsync had ended for them.',
    drive: 'the drive said “done” to the fsync, and had not kept them.',
    removed: 'written and answered, but their file had been removed: no boot finds it.',
  },
  why: 'Why they are lost',
  mixed: (n: string): string =>
    `${n} acknowledged writes are lost; each row names the layer in which it died.`,
  nothing: 'Nothing that was acknowledged is missing.',
  nothingBecause: {
    none: 'Nothing had been acknowledged.',
    kill: 'The process died, the kernel did not: what was written is in the page cache, and reaches the disk.',
    always: 'Under always a reply waits for its fsync: what was answered was on the disk.',
    covered: 'The last fsync had covered every write that was answered.',
    kept: 'The power failed, but this time the disk had kept the bytes without an fsync.',
  },
  before: 'No crash yet.',
  beforeText:
    'Cut the power or kill the process. Each acknowledged write that is gone will stand here: when it was answered, its offset, and the layer in which it died.',
  recount: (survived: string, expected: string): string =>
    `After the boot ${survived} are there, not ${expected}.`,
  columns: {
    answered: 'answered',
    offset: 'offset',
    write: 'write',
    ageShort: 's before',
    age: {
      'power-lost': 'seconds before the cut',
      'process-killed': 'seconds before the kill',
    } satisfies Record<CrashKind, string>,
  },
  yours: 'yours.',
  loading: 'loading',
  failed: 'The ledger could not be read',
  retry: 'Try again',
  nothingNames: (what: string): string => `No lost write names ${what}`,
  hidden: (n: string): string => `${n} are hidden by the filter.`,
  clear: 'Clear the filter',
  rowLabel: (layer: string): string => `lost in the ${layer}`,
  keysHelp: 'Arrows or N and Shift N move through the lost writes.',
};

export type LedgerTexts = typeof en;

export const id = {
  label: 'Buku kehilangan',
  acknowledged: 'terkonfirmasi',
  onTheDisk: 'di disk',
  inTheFile: 'di berkas',
  lost: 'hilang',
  neverAcknowledged: 'tak pernah terkonfirmasi',
  died: (n: string, all: boolean, one: boolean): string => {
    if (all) return one ? 'Satu-satunya mati di' : `Semua ${n} mati di`;
    return `${n} mati di`;
  },
  layers: { process: 'buffer proses', 'page-cache': 'page cache', drive: 'cache milik disk' },
  causes: {
    process: 'sudah dijawab, tetapi belum ditulis: kernel tidak pernah menerima bitanya.',
    due: (t: string): string =>
      `sudah ditulis dan dijawab, tetapi fsync yang akan menyelamatkannya baru dijadwalkan pada ${t} detik.`,
    kernel:
      'sudah ditulis dan dijawab, tetapi tidak ada yang meminta fsync: kernel yang menentukan.',
    unsynced: 'sudah ditulis dan dijawab, tetapi belum ada fsync yang selesai untuknya.',
    drive: 'disk menjawab “selesai” pada fsync, padahal belum menyimpannya.',
    removed:
      'sudah ditulis dan dijawab, tetapi berkasnya telah dihapus: tidak ditemukan lagi saat dinyalakan.',
  },
  why: 'Mengapa hilang',
  mixed: (n: string): string =>
    `${n} penulisan terkonfirmasi hilang; tiap baris menyebut lapisan tempat ia mati.`,
  nothing: 'Tidak ada yang terkonfirmasi yang hilang.',
  nothingBecause: {
    none: 'Belum ada yang terkonfirmasi.',
    kill: 'Proses mati, kernel tidak: yang sudah ditulis ada di page cache, dan akan sampai ke disk.',
    always: 'Dengan always, balasan menunggu fsync-nya: yang dijawab sudah ada di disk.',
    covered: 'Fsync terakhir sudah mencakup semua penulisan yang dijawab.',
    kept: 'Listrik padam, tetapi kali ini disk menyimpan bitanya tanpa fsync.',
  },
  before: 'Belum ada kecelakaan.',
  beforeText:
    'Putuskan listrik atau matikan prosesnya. Setiap penulisan terkonfirmasi yang hilang akan tercatat di sini: kapan dijawab, offset-nya, dan lapisan tempat ia mati.',
  recount: (survived: string, expected: string): string =>
    `Setelah dinyalakan ada ${survived}, bukan ${expected}.`,
  columns: {
    answered: 'dijawab',
    offset: 'offset',
    write: 'penulisan',
    ageShort: 'd sebelum',
    age: { 'power-lost': 'detik sebelum putus', 'process-killed': 'detik sebelum mati' },
  },
  yours: 'milik Anda.',
  loading: 'memuat',
  failed: 'Buku kehilangan tidak bisa dibaca',
  retry: 'Coba lagi',
  nothingNames: (what: string): string => `Tidak ada penulisan hilang yang menyebut ${what}`,
  hidden: (n: string): string => `${n} disembunyikan oleh saringan.`,
  clear: 'Hapus saringan',
  rowLabel: (layer: string): string => `hilang di ${layer}`,
  keysHelp: 'Panah atau N dan Shift N berpindah di antara penulisan yang hilang.',
} satisfies LedgerTexts;

export function ledgerTexts(): LedgerTexts {
  return locale.language === 'id' ? id : en;
}
