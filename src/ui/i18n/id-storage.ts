/** What is wrong with the browser's own storage, in Indonesian: what, where, what to do. */
import type { StorageCause, StoreFailure } from '../../worker/protocol.ts';

export function storageNotice(cause: StorageCause): string {
  switch (cause.kind) {
    case 'second-tab':
      return 'Tab lain di peramban ini membuka lab yang sama dan menulisnya. Di sini Anda hanya melihat; apa yang Anda lakukan tidak disimpan. Ambil alih untuk menulis dari tab ini.';
    case 'taken-over':
      return 'Tab lain mengambil alih lab ini. Apa yang Anda lakukan di sini tidak disimpan lagi. Ambil alih kembali untuk menulis dari tab ini.';
    case 'newer-version':
      return 'Versi halaman yang lebih baru sudah menulis penyimpanan peramban ini. Muat ulang tab ini; sebelum itu tidak ada yang disimpan.';
    case 'memory-only':
      return `Tidak ada yang disimpan bila tab ini ditutup: ${reasons(cause.failures)} Ekspor apa yang ingin Anda simpan.`;
    case 'degraded':
      return `Lab hanya disimpan di satu tempat, ${cause.working.join(' dan ')}: ${reasons(cause.failures)} Ekspor apa yang ingin Anda simpan.`;
  }
}

function reasons(failures: readonly StoreFailure[]): string {
  return failures
    .map(({ store, message }) =>
      message === null
        ? `${store} sudah penuh. Kosongkan ruang disk atau hapus data situs lain.`
        : `${store} tidak dapat dipakai (${message}).`,
    )
    .join(' ');
}
