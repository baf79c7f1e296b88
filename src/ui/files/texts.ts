/** The texts of the files pane. */
import { locale } from '../i18n/locale.svelte.ts';
import type { BroughtProblem } from '../../worker/protocol.ts';

/** What, where (`{name}`), and what to do. */
const problems: Readonly<Record<BroughtProblem, string>> = {
  'not-a-zip':
    '{name} is not a zip archive. Choose an .aof, an .rdb, an appendonlydir or a zip of one.',
  truncated: 'The archive ends in the middle of {name}. Copy it again.',
  encrypted: '{name} is encrypted. Unpack it first, then drop the folder.',
  method:
    '{name} is packed in a way that is not read here. Pack it again with deflate, or drop the folder.',
  'too-big':
    'More than 256 MB at {name}. Drop the log’s own files alone, or rewrite the log first (BGREWRITEAOF).',
  'too-many': 'More than 4,096 files. Drop the appendonlydir alone.',
  name: '{name} would leave the folder that it is unpacked into. Such an archive is not opened.',
  twice: '{name} is in the archive twice. Pack it again.',
  damaged: '{name} does not unpack to what its checksum says. Copy the archive again.',
  lies: '{name} unpacks to more than the archive says of it. Such an archive is not opened: drop the folder.',
  stopped: 'Stopped. Nothing was changed.',
  nothing:
    'There is no .aof, no .rdb and no manifest among the files. Choose those of a Redis log.',
  'two-logs': 'There is more than one manifest: {name}. Drop one appendonlydir.',
  'two-files':
    'There is more than one such file and no manifest: {name}. Drop one, or add the manifest.',
  refused: 'Redis does not load these files: {name} Nothing was changed.',
  unreadable: 'The file could not be read: {name}',
};

export const en = {
  label: 'The simulated disk',
  title: 'Files',
  columns: { name: 'file', size: 'size', durable: 'on the disk', mode: 'mode' },
  allDurable: 'all of it',
  download: (name: string): string => `Download ${name}`,
  downloadAll: 'Download appendonlydir',
  moreDownloads: 'More downloads',
  downloads: [
    { label: '/data as a zip', hint: 'with modes and times' },
    { label: '/data as a tar', hint: 'with modes and times' },
    { label: 'For a real Redis', hint: 'data, redis.conf, compose.yaml, the steps' },
    { label: 'For a real Valkey', hint: 'data, redis.conf, compose.yaml, the steps' },
    { label: 'For a cluster of three', hint: 'data, redis.conf, compose.yaml, the steps' },
  ],
  show: (name: string): string => `Show ${name}`,
  inspect: (name: string): string => `Inspect and edit ${name}`,
  report: (name: string): string => `What the keys of ${name} take in memory`,
  close: 'Close',
  more: (size: string): string => `${size} more`,
  emptyFile: 'The file is empty.',
  empty: 'The disk is empty.',
  drop: 'Drop an .aof, an .rdb, a whole appendonlydir or a zip here',
  choose: 'Choose files',
  chooseFolder: 'Choose a folder',
  reading: (name: string): string => `Reading ${name}`,
  trying: 'Trying the files out on a machine of their own',
  starting: 'Redis starts with the files',
  commands: (n: string): string => `${n} commands`,
  of: (done: string, total: string): string => `${done} of ${total}`,
  stop: 'Cancel',
  failed: 'The files were not taken over',
  fileFailed: 'The file could not be read',
  imported: (keys: string, commands: string): string =>
    `Loaded. Keys: ${keys}, commands: ${commands}.`,
  dialogTitle: 'Replace what is in /data?',
  dialogText: (n: number, size: string): string =>
    `${n === 1 ? 'One file' : `${n} files`}, ${size}, take the place of this machine’s data. Redis then starts anew.`,
  replace: 'Replace and start',
  cancel: 'Cancel',
  cannotWhile: 'This tab only watches.',
  problems,
};

export type FilesTexts = typeof en;

export const id = {
  label: 'Disk simulasi',
  title: 'Berkas',
  columns: { name: 'berkas', size: 'ukuran', durable: 'di disk', mode: 'izin' },
  allDurable: 'semuanya',
  download: (name: string): string => `Unduh ${name}`,
  downloadAll: 'Unduh appendonlydir',
  moreDownloads: 'Unduhan lain',
  downloads: [
    { label: '/data sebagai zip', hint: 'dengan izin dan waktu' },
    { label: '/data sebagai tar', hint: 'dengan izin dan waktu' },
    { label: 'Untuk Redis sungguhan', hint: 'data, redis.conf, compose.yaml, langkahnya' },
    { label: 'Untuk Valkey sungguhan', hint: 'data, redis.conf, compose.yaml, langkahnya' },
    { label: 'Untuk klaster bertiga', hint: 'data, redis.conf, compose.yaml, langkahnya' },
  ],
  show: (name: string): string => `Lihat ${name}`,
  inspect: (name: string): string => `Periksa dan sunting ${name}`,
  report: (name: string): string => `Memori yang dipakai kunci di ${name}`,
  close: 'Tutup',
  more: (size: string): string => `${size} lagi`,
  emptyFile: 'Berkasnya kosong.',
  empty: 'Disknya kosong.',
  drop: 'Taruh .aof, .rdb, seluruh appendonlydir, atau zip di sini',
  choose: 'Pilih berkas',
  chooseFolder: 'Pilih folder',
  reading: (name: string): string => `Membaca ${name}`,
  trying: 'Mencoba berkas di mesin tersendiri',
  starting: 'Redis dinyalakan dengan berkas ini',
  commands: (n: string): string => `${n} perintah`,
  of: (done: string, total: string): string => `${done} dari ${total}`,
  stop: 'Batalkan',
  failed: 'Berkas tidak diambil alih',
  fileFailed: 'Berkas tidak bisa dibaca',
  imported: (keys: string, commands: string): string =>
    `Dimuat. Kunci: ${keys}, perintah: ${commands}.`,
  dialogTitle: 'Ganti isi /data?',
  dialogText: (n: number, size: string): string =>
    `${n} berkas, ${size}, menggantikan data mesin ini. Redis lalu dinyalakan ulang.`,
  replace: 'Ganti dan nyalakan',
  cancel: 'Batal',
  cannotWhile: 'Tab ini hanya menonton.',
  problems: {
    'not-a-zip': '{name} bukan arsip zip. Pilih .aof, .rdb, appendonlydir, atau zip-nya.',
    truncated: 'Arsip berakhir di tengah {name}. Salin lagi.',
    encrypted: '{name} terenkripsi. Buka dulu arsipnya, lalu taruh foldernya.',
    method:
      '{name} dikemas dengan cara yang tidak dibaca di sini. Kemas lagi dengan deflate, atau taruh foldernya.',
    'too-big':
      'Lebih dari 256 MB pada {name}. Taruh berkas log-nya saja, atau tulis ulang log-nya dulu (BGREWRITEAOF).',
    'too-many': 'Lebih dari 4.096 berkas. Taruh appendonlydir saja.',
    name: '{name} akan keluar dari folder tempatnya dibuka. Arsip seperti itu tidak dibuka.',
    twice: '{name} ada dua kali di dalam arsip. Kemas lagi.',
    damaged: 'Isi {name} tidak cocok dengan checksum-nya. Salin lagi arsipnya.',
    lies: '{name} ternyata lebih besar daripada yang tertulis di arsipnya. Arsip seperti itu tidak dibuka: taruh foldernya.',
    stopped: 'Dihentikan. Tidak ada yang berubah.',
    nothing: 'Tidak ada .aof, .rdb, atau manifest di antaranya. Pilih berkas log Redis.',
    'two-logs': 'Ada lebih dari satu manifest: {name}. Taruh satu appendonlydir.',
    'two-files':
      'Ada lebih dari satu berkas seperti itu tanpa manifest: {name}. Taruh satu, atau tambahkan manifest.',
    refused: 'Redis tidak memuat berkas ini: {name} Tidak ada yang berubah.',
    unreadable: 'Berkas tidak bisa dibaca: {name}',
  },
} satisfies FilesTexts;

export function filesTexts(): FilesTexts {
  return locale.language === 'id' ? id : en;
}

export function problemText(texts: FilesTexts, problem: BroughtProblem, name: string): string {
  return texts.problems[problem].replace('{name}', () => name);
}
