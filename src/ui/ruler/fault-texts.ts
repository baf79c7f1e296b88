/** The texts of the palette of faults, which comes when it is opened first. */
import { locale } from '../i18n/locale.svelte.ts';

export const en = {
  intro: 'Each works in lab time, on this machine only. `!fault` does the same in the console.',
  arm: 'Arm',
  setUp: 'Set up',
  send: 'Send',
  heal: 'Heal all',
  healNothing: 'Nothing is armed.',
  when: 'begins',
  atOnce: 'now',
  inSeconds: (s: number): string => `in ${s} s`,
  until: 'ends',
  whenHealed: 'when healed',
  afterSeconds: (s: number): string => `after ${s} s`,
  armed: 'armed',
  units: {
    ms: 'ms',
    s: 's',
    bytes: 'B',
    offset: 'byte no.',
    times: '×',
  },
  answer: (name: string): string => `${name}: what the call answers`,
  amount: (name: string, unit: string): string => `${name}: ${unit}`,
  file: (name: string): string => `${name}: the file`,
  noFile: 'There is no file yet.',
  groups: {
    situations: 'Situations',
    storage: 'Disk and kernel',
    process: 'Process, child, clock',
    disks: 'Disks',
  },
  disksNote: 'Another disk is an empty disk: the lab starts over.',
  fsyncTime: (least: number, most: number): string =>
    least === most ? `fsync ${least} ms` : `fsync ${least} to ${most} ms`,
  disks: {
    hdd: 'A platter turns 120 times a second, and the head must come by.',
    ssd: 'Flash behind a cable; the usual disk of a server some years ago.',
    nvme: 'Flash on the bus; with it, always costs little.',
    cloud: 'A volume behind a network: each fsync is a round trip.',
    lying: 'Says “done” at once and keeps the bytes in its own memory for 10 s.',
  },
  tailTitle: 'What a power cut leaves of the bytes that were not fsynced',
  tails: {
    lost: 'nothing',
    kept: 'all of them',
    cut: 'cut at offset',
    'zero-filled': 'zeros in their place',
    holes: 'some pages, with holes between them',
    reordered: 'the later pages and all names, the first page last',
  },
  kinds: {
    'fsync-time': {
      name: 'Slow fsync',
      line: 'Every fsync takes this long: a busy or a dying disk.',
    },
    'write-blocks-during-fsync': {
      name: 'Write waits for fsync',
      line: 'A write to the file waits while an fsync of it runs.',
    },
    'fsync-error': {
      name: 'fsync fails',
      line: 'fsync answers an error. Under always, Redis then exits.',
    },
    'write-error': {
      name: 'Write fails',
      line: 'write answers an error. Redis refuses writes until one succeeds.',
    },
    'short-write': {
      name: 'Short write',
      line: 'Only so many bytes more are taken; Redis cuts the torn record off again.',
    },
    'disk-full': {
      name: 'Disk full',
      line: 'Only so many bytes more fit; then write answers ENOSPC. Healing frees the disk.',
    },
    'lying-drive': {
      name: 'Lying drive',
      line: 'The drive says “done” and has not kept the bytes.',
    },
    'rename-not-durable': {
      name: 'Rename not durable',
      line: 'A new name survives a power cut only after an fsync of its directory.',
    },
    'bit-rot': {
      name: 'Bit rot',
      line: 'One bit of this byte flips on the disk. Nobody notices until it is read.',
    },
    'fork-failure': {
      name: 'fork fails',
      line: 'No memory for a child: no rewrite and no snapshot can begin.',
    },
    'child-slow': {
      name: 'Slow child',
      line: 'A rewrite or a snapshot takes so many times as long; the server goes on meanwhile.',
    },
    'clock-jump': {
      name: 'Clock jump',
      line: 'The machine’s clock is set. Set back, everysec stops its fsyncs.',
    },
  },
  deeds: {
    stop: {
      name: 'Stop the server',
      line: 'As its init system or an operator would; with SHUTDOWN it may save or refuse first.',
    },
    'kill-child': {
      name: 'Kill the child',
      line: 'SIGKILL to what rewrites or saves: its work has failed, the old files stay.',
    },
    'delete-directory': {
      name: 'Delete the log’s directory',
      line: 'rm -r appendonlydir under the running server: it writes on into files without names.',
    },
  },
  presets: {
    'disk-full': {
      name: 'Disk full under everysec',
      line: 'Write twice. The first write is still answered with OK; the next ones are refused.',
    },
    'slow-fsync': {
      name: 'Slow fsync, 1.8 s',
      line: 'Start a workload of 200 writes/s: Redis answers before it writes, and a kill takes those.',
    },
    'lying-drive': {
      name: 'Lying drive under always',
      line: 'Write, then cut the power: what was answered as durable is gone.',
    },
    'torn-tail': {
      name: 'Torn tail',
      line: 'Write first. A power cut leaves the last record half there; the boot cuts it off.',
    },
    'clock-back': {
      name: 'Clock set back one hour',
      line: 'everysec waits for a second that is an hour away. Watch the page cache grow.',
    },
    'fork-fails': {
      name: 'Fork fails',
      line: 'Press Rewrite: it is refused, and the log goes on growing.',
    },
    'fsync-fails': {
      name: 'fsync fails under always',
      line: 'Write once: Redis exits rather than promise what it cannot keep.',
    },
    rot: {
      name: 'A rotten byte in the log',
      line: 'Kill and boot: Redis refuses to start. Mend it with redis-check-aof.',
    },
    'rewrite-killed': {
      name: 'A rewrite that is killed',
      line: 'A slow rewrite begins. Kill the child, or cut the power: the old files still hold.',
    },
    'two-servers': {
      name: 'Two servers on one directory',
      line: 'Another one runs on port 6380. Send it BGREWRITEAOF in bash: it deletes the log that this one writes to.',
    },
  },
};

export type FaultTexts = typeof en;

export const id = {
  intro: 'Masing-masing bekerja dalam waktu lab, hanya pada mesin ini. `!fault` sama di konsol.',
  arm: 'Siapkan',
  setUp: 'Atur',
  send: 'Kirim',
  heal: 'Pulihkan semua',
  healNothing: 'Tidak ada yang disiapkan.',
  when: 'mulai',
  atOnce: 'sekarang',
  inSeconds: (s) => `dalam ${s} detik`,
  until: 'selesai',
  whenHealed: 'saat dipulihkan',
  afterSeconds: (s) => `setelah ${s} detik`,
  armed: 'siap',
  units: { ms: 'ms', s: 'detik', bytes: 'B', offset: 'byte ke-', times: '×' },
  answer: (name) => `${name}: jawaban panggilan`,
  amount: (name, unit) => `${name}: ${unit}`,
  file: (name) => `${name}: berkas`,
  noFile: 'Belum ada berkas.',
  groups: {
    situations: 'Situasi',
    storage: 'Disk dan kernel',
    process: 'Proses, anak, jam',
    disks: 'Disk',
  },
  disksNote: 'Disk lain adalah disk kosong: lab mulai dari awal.',
  fsyncTime: (least, most) =>
    least === most ? `fsync ${least} ms` : `fsync ${least} sampai ${most} ms`,
  disks: {
    hdd: 'Piringan berputar 120 kali per detik, dan head harus lewat dulu.',
    ssd: 'Flash di balik kabel; disk server yang umum beberapa tahun lalu.',
    nvme: 'Flash di bus; dengan ini always tidak mahal.',
    cloud: 'Volume di balik jaringan: setiap fsync pulang pergi lewat jaringan.',
    lying: 'Langsung berkata “selesai” dan menyimpan byte di memorinya sendiri selama 10 detik.',
  },
  tailTitle: 'Yang tersisa dari byte yang belum di-fsync setelah listrik putus',
  tails: {
    lost: 'tidak ada',
    kept: 'semuanya',
    cut: 'terpotong di offset',
    'zero-filled': 'nol di tempatnya',
    holes: 'sebagian halaman, dengan lubang di antaranya',
    reordered: 'halaman belakang dan semua nama, halaman pertama terakhir',
  },
  kinds: {
    'fsync-time': {
      name: 'fsync lambat',
      line: 'Setiap fsync selama ini: disk sibuk atau sekarat.',
    },
    'write-blocks-during-fsync': {
      name: 'Penulisan menunggu fsync',
      line: 'Penulisan ke berkas menunggu selama fsync-nya berjalan.',
    },
    'fsync-error': {
      name: 'fsync gagal',
      line: 'fsync menjawab galat. Dengan always, Redis lalu berhenti.',
    },
    'write-error': {
      name: 'Penulisan gagal',
      line: 'write menjawab galat. Redis menolak penulisan sampai ada yang berhasil.',
    },
    'short-write': {
      name: 'Penulisan terpotong',
      line: 'Hanya sekian byte lagi diterima; Redis memotong kembali rekaman yang robek.',
    },
    'disk-full': {
      name: 'Disk penuh',
      line: 'Hanya sekian byte lagi muat; lalu write menjawab ENOSPC. Pulihkan untuk mengosongkan.',
    },
    'lying-drive': {
      name: 'Drive yang berbohong',
      line: 'Drive berkata “selesai” padahal byte belum disimpan.',
    },
    'rename-not-durable': {
      name: 'Ganti nama tidak tahan',
      line: 'Nama baru selamat dari listrik padam hanya setelah fsync direktorinya.',
    },
    'bit-rot': {
      name: 'Bit rusak',
      line: 'Satu bit dari byte ini terbalik di disk. Tidak ada yang tahu sampai dibaca.',
    },
    'fork-failure': {
      name: 'fork gagal',
      line: 'Tidak ada memori untuk proses anak: tulis ulang dan snapshot tidak bisa mulai.',
    },
    'child-slow': {
      name: 'Anak lambat',
      line: 'Tulis ulang atau snapshot sekian kali lebih lama; server tetap berjalan.',
    },
    'clock-jump': {
      name: 'Jam melompat',
      line: 'Jam mesin diubah. Bila dimundurkan, everysec berhenti melakukan fsync.',
    },
  },
  deeds: {
    stop: {
      name: 'Hentikan server',
      line: 'Seperti init atau operator; dengan SHUTDOWN ia bisa menyimpan atau menolak dulu.',
    },
    'kill-child': {
      name: 'Matikan proses anak',
      line: 'SIGKILL ke penulis ulang atau penyimpan: kerjanya gagal, berkas lama tetap.',
    },
    'delete-directory': {
      name: 'Hapus direktori log',
      line: 'rm -r appendonlydir saat server berjalan: ia terus menulis ke berkas tanpa nama.',
    },
  },
  presets: {
    'disk-full': {
      name: 'Disk penuh dengan everysec',
      line: 'Tulis dua kali. Yang pertama masih dijawab OK; berikutnya ditolak.',
    },
    'slow-fsync': {
      name: 'fsync lambat, 1,8 detik',
      line: 'Mulai beban 200 penulisan/detik: Redis menjawab sebelum menulis; kill mengambilnya.',
    },
    'lying-drive': {
      name: 'Drive berbohong dengan always',
      line: 'Tulis, lalu putus listrik: yang dijawab sebagai awet ternyata hilang.',
    },
    'torn-tail': {
      name: 'Ekor robek',
      line: 'Tulis dulu. Listrik putus menyisakan separuh rekaman terakhir; boot memotongnya.',
    },
    'clock-back': {
      name: 'Jam mundur satu jam',
      line: 'everysec menunggu detik yang masih satu jam lagi. Lihat page cache membesar.',
    },
    'fork-fails': {
      name: 'Fork gagal',
      line: 'Tekan Tulis ulang: ditolak, dan log terus membesar.',
    },
    'fsync-fails': {
      name: 'fsync gagal dengan always',
      line: 'Tulis sekali: Redis berhenti daripada menjanjikan yang tak bisa ditepati.',
    },
    rot: {
      name: 'Byte rusak di log',
      line: 'Matikan lalu nyalakan: Redis menolak mulai. Perbaiki dengan redis-check-aof.',
    },
    'rewrite-killed': {
      name: 'Tulis ulang yang dimatikan',
      line: 'Tulis ulang lambat dimulai. Matikan anaknya, atau putus listrik: berkas lama bertahan.',
    },
    'two-servers': {
      name: 'Dua server di satu direktori',
      line: 'Yang lain berjalan di port 6380. Kirim BGREWRITEAOF kepadanya di bash: ia menghapus log yang ditulisi server ini.',
    },
  },
} satisfies FaultTexts;

export function faultTexts(): FaultTexts {
  return locale.language === 'id' ? id : en;
}
