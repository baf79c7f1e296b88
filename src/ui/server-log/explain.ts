/** What redis-server's own lines mean for the data. Lines that explain themselves have no entry. */
import type { Language } from '../i18n/locale.svelte.ts';

interface Explanation {
  readonly line: RegExp;
  readonly en: string;
  readonly id: string;
}

const explanations: readonly Explanation[] = [
  {
    line: /oO0OoO0OoO0Oo Redis is starting/,
    en: 'The process begins. Memory is empty; what comes back is read from the files.',
    id: 'Proses dimulai. Memori kosong; yang kembali dibaca dari berkas.',
  },
  {
    line: /Creating AOF base file/,
    en: 'The first part of a multi-part log: a snapshot, empty at first, on which the commands build.',
    id: 'Bagian pertama log: sebuah snapshot, mula-mula kosong, dasar bagi perintah-perintah.',
  },
  {
    line: /Creating AOF incr file/,
    en: 'From here on new commands go to this file.',
    id: 'Mulai sekarang perintah baru ditulis ke berkas ini.',
  },
  {
    line: /DB loaded from (base|incr) file/,
    en: 'One part of the log has been replayed.',
    id: 'Satu bagian log sudah diputar ulang.',
  },
  {
    line: /DB loaded from append only file/,
    en: 'The whole log has been replayed: what memory holds now is what the disk had kept.',
    id: 'Seluruh log sudah diputar ulang: isi memori kini adalah yang disimpan disk.',
  },
  {
    line: /DB loaded from disk/,
    en: 'A snapshot was read. Writes since it was taken are not in it.',
    id: 'Sebuah snapshot dibaca. Penulisan setelahnya tidak ada di dalamnya.',
  },
  {
    line: /Ready to accept connections/,
    en: 'Clients can connect from now on.',
    id: 'Mulai sekarang klien bisa tersambung.',
  },
  {
    line: /short read while parsing|Unexpected end of file reading the append only file/,
    en: 'The log ends in the middle of a command, as after a power cut.',
    id: 'Log berakhir di tengah sebuah perintah, seperti setelah listrik padam.',
  },
  {
    line: /!!! Warning: short read/,
    en: 'The last command was not written whole. With aof-load-truncated it is cut off.',
    id: 'Perintah terakhir tidak tertulis utuh. Dengan aof-load-truncated ia dipotong.',
  },
  {
    line: /Truncating the AOF .* at offset/,
    en: 'Everything behind this offset is removed from the file for good.',
    id: 'Semua di belakang offset ini dihapus dari berkas untuk selamanya.',
  },
  {
    line: /loaded anyway because aof-load-truncated/,
    en: 'What came before the torn end is in memory, the rest is lost.',
    id: 'Yang ada sebelum ujung yang robek ada di memori, sisanya hilang.',
  },
  {
    line: /Revert incomplete MULTI\/EXEC/,
    en: 'A transaction without its EXEC is taken back whole: all of it or nothing.',
    id: 'Transaksi tanpa EXEC dibatalkan seluruhnya: semua atau tidak sama sekali.',
  },
  {
    line: /Bad file format reading the append only file/,
    en: 'The damage is not at the end, so Redis refuses to start rather than guess.',
    id: 'Kerusakannya bukan di ujung, maka Redis menolak menyala daripada menebak.',
  },
  {
    line: /Background append only file rewriting started|Background saving started/,
    en: 'A child process has forked: it writes memory as it was at this instant, the parent goes on.',
    id: 'Proses anak tercabang: ia menulis memori seperti saat ini, induknya terus bekerja.',
  },
  {
    line: /Fork CoW for|memory used by copy-on-write/,
    en: 'Pages that the parent changed meanwhile exist twice.',
    id: 'Halaman yang sementara itu diubah induknya ada dua kali.',
  },
  {
    line: /Successfully renamed the temporary AOF/,
    en: 'The new file takes its name by rename, so it is there whole or not at all.',
    id: 'Berkas baru mendapat namanya lewat rename: ia ada utuh atau tidak sama sekali.',
  },
  {
    line: /Background AOF rewrite finished successfully/,
    en: 'The manifest now names the new base; the old files are history.',
    id: 'Manifest kini menyebut base yang baru; berkas lama tinggal sejarah.',
  },
  {
    line: /Removing the history file/,
    en: 'An old part is deleted, after the manifest that does without it is on the disk.',
    id: 'Bagian lama dihapus, setelah manifest yang tidak memerlukannya ada di disk.',
  },
  {
    line: /Background (AOF rewrite|saving) terminated by signal/,
    en: 'The child was killed. Its half-written file is thrown away; the log at hand stays in use.',
    id: 'Proses anak dimatikan. Berkas setengah jadinya dibuang; log yang ada tetap dipakai.',
  },
  {
    line: /Asynchronous AOF fsync is taking too long/,
    en: 'The disk is slower than the second: Redis writes without waiting, and more is at risk.',
    id: 'Disk lebih lambat dari sedetik: Redis menulis tanpa menunggu, dan lebih banyak terancam.',
  },
  {
    line: /Error writing to the AOF file|Short write while writing to the AOF/,
    en: 'The kernel did not take the bytes. Redis refuses new writes until it does.',
    id: 'Kernel tidak menerima byte-nya. Redis menolak penulisan baru sampai ia menerimanya.',
  },
  {
    line: /AOF write error looks solved/,
    en: 'Writes are taken again.',
    id: 'Penulisan diterima lagi.',
  },
  {
    line: /Fail to fsync the AOF file/,
    en: 'The disk did not keep the bytes. What was answered since the last good fsync is at risk.',
    id: 'Disk tidak menyimpan byte-nya. Yang dijawab sejak fsync terakhir yang berhasil terancam.',
  },
  {
    line: /Received SIGTERM|Received SIGINT|User requested shutdown/,
    en: 'An orderly end: the log is written and fsynced before the process leaves.',
    id: 'Akhir yang tertib: log ditulis dan di-fsync sebelum proses pergi.',
  },
  {
    line: /Calling fsync\(\) on the AOF file/,
    en: 'What is still in the page cache goes to the disk now.',
    id: 'Yang masih di page cache kini menuju disk.',
  },
  {
    line: /Redis is now ready to exit/,
    en: 'Nothing that was answered is lost by this end.',
    id: 'Tidak ada yang sudah dijawab hilang oleh akhir ini.',
  },
  {
    line: /Starting automatic rewriting of AOF/,
    en: 'The log has grown past auto-aof-rewrite-percentage of what it was after the last rewrite.',
    id: 'Log tumbuh melewati auto-aof-rewrite-percentage dari ukurannya setelah penulisan ulang terakhir.',
  },
  {
    line: /changes in \d+ seconds\. Saving/,
    en: 'A save point is due: so many changes within so many seconds.',
    id: 'Titik simpan tiba: sekian perubahan dalam sekian detik.',
  },
  {
    line: /DB saved on disk/,
    en: 'The snapshot is whole and fsynced, and has taken its name by rename.',
    id: 'Snapshot utuh dan sudah di-fsync, dan mendapat namanya lewat rename.',
  },
];

/** Undefined for a line that needs no explanation. */
export function explain(line: string, language: Language): string | undefined {
  return explanations.find((one) => one.line.test(line))?.[language];
}
