/** Semua teks halaman dalam Bahasa Indonesia. */
import type { Recovered, StorageView } from '../../worker/protocol.ts';
import type { LayerMark } from '../parts/layer-mark.ts';
import type { Dictionary } from './en.ts';
import type { NumberStyle } from './numbers.ts';
import { storageNotice } from './id-storage.ts';
import { count, duration, instant } from './numbers.ts';

const numbers: NumberStyle = { group: '.', decimal: ',', second: 'detik' };
const layers: Readonly<Record<LayerMark, string>> = {
  buffer: 'buffer proses',
  cache: 'page cache',
  disk: 'disk',
  lost: 'hilang',
};
const writes = 'penulisan terkonfirmasi';

export const id = {
  code: 'ID',
  numbers,
  layers,

  bar: {
    label: 'Mesin',
    power: 'listrik',
    redis: 'redis 7.2',
    on: 'menyala',
    off: 'padam',
    running: 'berjalan',
    notRunning: 'tidak berjalan',
    loading: 'memuat',
    failed: 'menolak mulai',
    starting: 'disiapkan',
    workload: 'beban',
    disk: 'disk',
    noAof: 'tanpa AOF',
    none: 'tidak ada',
    theme: 'Tema',
    language: 'Bahasa',
    lessons: 'Pelajaran',
    more: 'Lainnya',
    keys: 'Semua tombol',
    startOver: 'Mulai lagi',
    places: 'Tempat',
    lab: 'Lab',
    race: 'Balapan',
    lane: 'lajur',
  },
  policies: {
    title: 'Kapan Redis meminta disk menyimpan log',
    always: 'fsync sebelum tiap balasan',
    everysec: 'satu fsync tiap detik',
    no: 'kernel yang menentukan',
    off: 'tidak ada berkas append-only',
  },
  disks: {
    title: 'Disk lain adalah disk kosong: lab mulai lagi dari awal.',
    hdd: 'disk 7200 rpm',
    ssd: 'SSD SATA',
    nvme: 'SSD NVMe',
    cloud: 'volume cloud',
    lying: 'drive yang berbohong',
    fsync: (ms: number): string => `fsync ${String(ms).replace('.', ',')} ms`,
  },
  workloads: {
    title: 'Penulisan yang datang sendiri, dalam waktu lab',
    off: 'tidak ada',
    rate: (n: number): string => `${count(n, numbers)} penulisan/detik`,
  },
  themes: {
    title: 'Tema',
    light: 'Terang',
    dark: 'Gelap',
    contrast: 'Kontras tinggi',
    auto: 'Ikut sistem',
  },

  acts: {
    power: 'Putus listrik',
    kill: 'Matikan proses',
    boot: 'Nyalakan',
    rewrite: 'Tulis ulang',
    faults: 'Gangguan lain',
    faultsShort: 'Gangguan',
    play: 'Jalankan',
    pause: 'Jeda',
    step: 'Langkah',
    hideLessons: 'Sembunyikan pelajaran',
    showTable: 'Tampilkan sebagai tabel',
    showPicture: 'Tampilkan sebagai gambar',
    close: 'Tutup',
    restart: 'Mulai ulang lab',
    takeOver: 'Ambil alih',
    exportRun: 'Ekspor percobaan',
    openFiles: 'Buka berkas',
    startOver: 'Mulai lagi',
    send: 'Kirim',
    expand: 'Tampilkan langkah',
    collapse: 'Sembunyikan langkah',
  },
  cannot: {
    running: 'sudah berjalan',
    loading: 'log sedang diputar ulang',
    powerOff: 'listrik padam',
    notRunning: 'Redis tidak berjalan',
    noLog: 'tidak ada berkas append-only',
    rewriting: 'penulisan ulang sedang berjalan',
    watching: 'tab ini hanya menonton',
    starting: 'lab sedang disiapkan',
    past: 'saat yang lalu sedang ditampilkan',
    because: (act: string, reason: string): string => `${act}: ${reason}.`,
  },

  ruler: {
    title: 'Penggaris ketahanan',
    wholeFile: (size: string): string => `seluruh berkas, ${size}`,
    empty: 'kosong',
    noFile: 'tidak ada berkas',
    disk: (size: string): string => `${size}, aman`,
    diskWhole: (size: string): string => `seluruh berkas, ${size}`,
    cache: (size: string, n: number): string =>
      `${size}, ${count(n, numbers)} penulisan, hilang bila listrik padam`,
    cacheDead: (size: string): string => `${size}, hilang bila listrik padam`,
    buffer: (size: string, n: number): string =>
      `${size}, ${count(n, numbers)} perintah, hilang bila proses mati`,
    lost: (size: string, n: number, layer: LayerMark): string =>
      `${size}, ${count(n, numbers)} penulisan, di ${layers[layer]}`,
    gone: (size: string): string => `${size} di buffer, tidak pernah terkonfirmasi`,
    goneShort: 'tak terkonfirmasi',
    bufferShort: 'buffer',
    markers: {
      acknowledged: 'terkonfirmasi',
      written: 'tertulis',
      fsynced: 'ter-fsync',
      'fsynced-says-drive': 'ter-fsync, kata drive',
      'file-ends': 'berkas berakhir di sini',
      'had-been-acknowledged': 'pernah terkonfirmasi',
      replayed: 'diputar ulang ke memori sampai',
    },
    memory: 'memori',
    fsyncSince: (at: number, done: number, whole: number): string =>
      `fsync sejak ${instant(at, numbers)}, ${duration(done, numbers).replace(' detik', '')} dari ${duration(whole, numbers)}`,
    yours: (command: string): string => `${command} Anda`,
    table: {
      caption: 'Byte-byte log dan tempatnya',
      zone: 'tempat',
      from: 'dari offset',
      to: 'sampai offset',
    },
    stripLabel: (zones: string): string => `Log, byte demi byte: ${zones}.`,
    minimapLabel: 'Bagian berkas yang ditunjukkan penggaris',
  },

  sentence: {
    powerNow: 'Jika listrik padam sekarang:',
    processNow: 'Jika proses mati sekarang:',
    powerNowShort: 'Jika listrik padam sekarang',
    processNowShort: 'Jika proses mati sekarang',
    wouldBeLost: (n: number, ms: number): string =>
      n === 0 ? 'akan hilang.' : `${writes}, **${duration(ms, numbers)}**, akan hilang.`,
    wouldBeLostShort: (n: number, ms: number): string =>
      n === 0 ? 'hilang' : `hilang, ${duration(ms, numbers)}`,
    nothingWritten: 'akan hilang. Belum ada yang ditulis.',
    all: 'semua',
    noFile: 'akan hilang: tidak ada berkas.',
    inFlight: (k: number): string =>
      `${count(k, numbers)} perintah di buffer belum mendapat balasan.`,
    powerCutAt: (at: number): string => `Listrik diputus pada ${instant(at, numbers)}:`,
    killedAt: (at: number): string => `Proses dimatikan pada ${instant(at, numbers)}:`,
    areLost: (n: number, ms: number): string =>
      n === 0 ? 'hilang.' : `${writes}, **${duration(ms, numbers)}**, hilang.`,
    ofShort: (a: number): string => `dari ${count(a, numbers)}`,
    bootWill: 'Setelah dinyalakan:',
    fileKept: 'Berkas menyimpan:',
    ofWrites: (a: number): string => `dari ${count(a, numbers)} ${writes} kembali.`,
    replaying: 'Memutar ulang log:',
    ofCommands: (i: number, m: number | null): string =>
      m === null
        ? `${count(i, numbers)} perintah sejauh ini.`
        : `${count(i, numbers)} dari ${count(m, numbers)} perintah.`,
    stopped: 'Redis dihentikan dengan tertib:',
    refused: 'Tidak dapat dinyalakan:',
    refusedWhy: 'Redis tidak memuat berkas ini.',
    starting: 'Lab sedang disiapkan:',
    startingWhy: 'mesin sedang dibangun.',
    fileRemoved: 'akan hilang: **berkasnya dihapus** selagi server berjalan.',
    predictFirst: 'jawabannya tampak setelah tebakan Anda dikunci.',
    predictFirstShort: 'tebak dulu',
  },

  time: {
    title: 'Waktu',
    speed: 'laju',
    speedValue: (text: string): string => `${text} dari waktu nyata`,
    granularity: 'Besar satu langkah',
    command: 'perintah',
    tick: 'detak',
    fsync: 'fsync',
    now: 'sekarang',
    atRiskLabel: 'terancam bila listrik padam',
    commands: 'perintah',
    fsyncs: 'fsync',
    faults: 'gangguan',
    atRisk: (n: number): string => `${count(n, numbers)} terancam`,
    lost: (n: number): string => `${count(n, numbers)} hilang`,
    powerCut: 'listrik diputus',
    killed: 'dimatikan',
    boot: 'menyala',
    armed: (name: string): string => `${name} disiapkan`,
    slowed: (times: number): string =>
      times === 10
        ? 'Diperlambat sepuluh kali, agar setiap langkah terlihat.'
        : `Diperlambat ${count(times, numbers)} kali.`,
    hastened: (times: number): string =>
      `${count(times, numbers)} kali lebih cepat dari waktu nyata.`,
    off: 'Waktu tanpa listrik diarsir.',
    pictureLabel: (at: number, n: number): string =>
      `Garis waktu sampai ${instant(at, numbers)} detik; ${count(n, numbers)} penulisan terkonfirmasi terancam sekarang.`,
    table: {
      caption: 'Yang terjadi, menurut waktu lab',
      at: 'waktu, detik',
      what: 'apa',
      value: 'nilai',
      risk: 'terancam bila listrik padam',
      fsync: 'fsync',
      own: 'perintah Anda',
    },
  },

  faults: { title: 'Gangguan' },

  console: {
    title: 'Konsol',
    redisCli: 'redis-cli',
    bash: 'bash',
    shellInputLabel: 'perintah shell',
    shellPlaceholder: 'sebuah perintah shell',
    interrupt: 'Ctrl-C',
    switchLabel: 'redis-cli atau bash',
    tryThis: 'Coba',
    loading: 'Memuat terminal',
    inputLabel: 'perintah redis-cli',
    placeholder: 'sebuah perintah Redis',
    transcript: 'Yang dicetak redis-cli',
    chips: 'Perintah untuk dicoba',
    wayOut: 'Terminal. Tab melengkapi; F6 keluar.',
  },

  side: {
    log: 'Log',
    memory: 'Memori',
    ledger: 'Kerugian',
    files: 'Berkas',
    calls: 'Panggilan',
    traffic: 'Lalu lintas',
    serverLog: 'Server',
    time: 'Waktu',
    label: 'Log dan yang tersimpan',
    loading: 'Memuat',
  },

  lesson: {
    label: 'Pelajaran',
    course: 'Semua pelajaran',
    kicker: 'Kunjungan pertama',
    minutes: (n: number): string => `${n} menit`,
    title: 'Apa itu AOF?',
    objective:
      'Berkas berisi setiap penulisan; dari situ memori dapat dibangun kembali. Ikuti satu penulisan ke sana, lalu lihat yang tersisa setelah listrik putus.',
    stepOf: (i: number, n: number): string => `${i} dari ${n}`,
    steps: {
      write: {
        title: 'Tulis sesuatu',
        text: 'Tekan perintah yang disarankan, atau ketik di konsol. Redis menyimpan sebuah kunci, dan mencatat perintahnya.',
        done: (command: string): string => `Anda mengirim \`${command}\`. Perintah itu ada di log.`,
      },
      sync: {
        title: 'Ikuti sampai ke disk',
        text: 'Byte bergerak dari **buffer proses** ke **page cache** dan, sekali tiap detik, ke **disk**. Sebelum fsync selesai, listrik putus menghapusnya.',
        textPaused: 'Jam sedang dijeda. Tekan **Jalankan**, atau melangkah ke fsync berikutnya.',
        done: (at: number): string =>
          `fsync selesai pada ${instant(at, numbers)} detik. Listrik putus tidak dapat mengambilnya lagi. Untuk melihat penulisan melewati tiap tempat, perlambat jam ke 1/1000 lalu tulis lagi.`,
      },
      crash: {
        title: 'Putus listrik, lalu nyalakan',
        text: 'Tulis sekali lagi bila mau, lalu tekan **Putus listrik**. Semua yang di atas disk akan lupa.',
        textLoading: 'Redis membaca berkas dari awal dan menjalankan tiap perintah lagi.',
        textFailed: 'Redis menolak berkas ini. Lihat di **Berkas**, atau mulai lagi.',
        textBootProcess:
          'Redis sudah mati, mesin masih menyala. Tekan **Nyalakan** untuk memulainya lagi.',
        textBoot: 'Mesin padam. Tekan **Nyalakan**: Redis membaca berkas dan menjalankannya lagi.',
        done: (kept: number, lost: number): string =>
          `${count(kept, numbers)} kembali, ${count(lost, numbers)} hilang.`,
      },
    },
    finished:
      'Selesai. Sekarang biarkan beban menulis, pilih kebijakan lain, lalu putus listrik lagi: lihat bedanya.',
    explore: 'Ingin mencoba sendiri? Lab ini berjalan tanpa pelajaran.',
    again: 'Ulangi',
    state: { done: 'selesai', now: 'sekarang', next: 'berikutnya' },
  },

  layerTable: {
    intro: 'Belum ada yang ditulis. Setiap penulisan akan muncul di sini dan melewati tiga tempat:',
    place: 'tempat',
    processDies: 'proses mati',
    powerFails: 'listrik padam',
    kept: 'tetap',
    lost: 'hilang',
    buffer: 'Redis punya byte-nya, kernel belum.',
    cache: 'Kernel sudah punya, disk belum.',
    disk: 'fsync telah selesai. Penulisan ini aman.',
  },

  messages: {
    label: 'Pesan',
    failed: 'Redis menolak mulai',
    failedWhatToDo: 'Perbaiki berkasnya, atau mulai lagi dengan disk kosong.',
    storageFull: 'Penyimpanan peramban tidak lagi menyimpan percobaan ini',
    storageMemory: 'Peramban tidak menyimpan apa pun dari percobaan ini',
    storageNot: 'Ini bukan disk simulasi: simulasi berjalan terus.',
    readOnly: 'Terbuka di tab lain',
    storageNotice: ({ notice, cause }: StorageView): string =>
      cause === undefined ? (notice ?? '') : storageNotice(cause),
    recovered: 'Kunjungan terakhir Anda ada lagi di sini',
    recoveredText: ({ stores, lostWrites }: Recovered): string =>
      [
        stores,
        lostWrites === 0
          ? null
          : `Menutup halaman memutus listrik mesin ini: ${count(lostWrites, numbers)} ${writes} belum ada di disknya dan tidak kembali.`,
      ]
        .filter((text) => text !== null)
        .join(' '),
    fatal: 'Lab berhenti',
    hung: 'Lab tidak menjawab',
    refusal: 'Tidak berhasil',
    newBuild: 'Ada AOF Lab yang lebih baru',
    newBuildText:
      'Memakainya memuat ulang halaman ini, dan itu memutus listrik mesinnya. Tidak ada yang berubah sebelum Anda setuju.',
    useNewBuild: 'Pakai sekarang',
    later: 'Nanti',
  },

  splitters: {
    lesson: 'Lebar pelajaran',
    console: 'Lebar konsol',
    time: 'Tinggi garis waktu',
  },
} satisfies Dictionary;
