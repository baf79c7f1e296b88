/** The texts of the race in Bahasa Indonesia. */
import type { NumberStyle } from '../i18n/numbers.ts';
import { count, decimal, duration, instant } from '../i18n/numbers.ts';
import type { RaceTexts } from './texts-en.ts';

const numbers: NumberStyle = { group: '.', decimal: ',', second: 'detik' };
const seconds = (ms: number): string => `${instant(ms, numbers)} detik`;

export const id = {
  title: 'Balapan',
  places: { label: 'Tempat', lab: 'Lab', race: 'Balapan' },
  kinds: {
    none: 'tanpa persistensi',
    rdb: 'RDB',
    no: 'appendfsync no',
    everysec: 'appendfsync everysec',
    always: 'appendfsync always',
  },
  running: (n: number): string =>
    `${['', 'Satu', 'Dua', 'Tiga', 'Empat', 'Lima'][n] ?? n} mesin, perintah yang sama, satu jam`,
  runningText: 'Jika listrik padam, sejauh apa masing-masing lupa? Tebak dulu, lalu putuskan.',
  cut: (at: number): string => `Listrik diputus pada ${seconds(at)}`,
  killed: (at: number): string => `Proses dimatikan pada ${seconds(at)}`,
  cutText: 'Perintah yang sama, satu jam, satu kecelakaan. Sejauh apa masing-masing lupa?',
  legend: {
    predicted: 'tebakan Anda',
    lost: 'hilang',
    memory: 'memori proses',
    cache: 'page cache',
    disk: 'disk',
  },
  columns: {
    lane: 'lajur',
    speed: 'laju, p50, p99, berkas',
    risk: 'Penulisan terkonfirmasi berisiko',
    riskScale: 'skala sama di tiap lajur',
    window: 'Jendela kehilangan',
    windowBefore: 'tebaklah',
    windowAfter: 'tebakan dan nyatanya',
    acknowledged: 'terkonfirmasi',
    survived: 'selamat',
    lost: 'hilang',
  },
  units: { writes: 'penulisan' },
  tableLabel: 'Lajur-lajur balapan, berdampingan',
  rate: (perSecond: number): string => `${count(perSecond, numbers)}/dtk`,
  rateName: (perSecond: number): string => `${count(perSecond, numbers)} perintah per detik`,
  ms: (value: number): string => `${decimal(value, value < 10 ? 2 : 1, numbers)} ms`,
  noFile: 'tanpa berkas',
  atRiskNow: (n: number): string => `${count(n, numbers)} berisiko sekarang`,
  atMost: (n: number): string => (n === 0 ? 'tidak pernah' : `paling banyak ${count(n, numbers)}`),
  riskLabel: (name: string, n: number, peak: number): string =>
    `${name}: penulisan terkonfirmasi yang berisiko sepanjang waktu; ${count(n, numbers)} di akhir, paling banyak ${count(peak, numbers)}.`,
  zoom: {
    group: 'Waktu yang ditampilkan',
    whole: 'Seluruh balapan',
    part: (from: number, to: number): string => `${instant(from, numbers)} sampai ${seconds(to)}`,
    pictured: (from: number, to: number): string =>
      `${instant(from, numbers)} sampai ${seconds(to)}: penulisan berisiko dari yang dijawab di dalamnya`,
    told: (from: number, to: number): string =>
      `Ditampilkan: ${seconds(from)} sampai ${seconds(to)}.`,
    toldWhole: 'Seluruh balapan ditampilkan.',
    acts: {
      cut: 'Ke saat putus',
      in: 'Perbesar',
      out: 'Perkecil',
      whole: 'Seluruhnya',
      earlier: 'Lebih awal',
      later: 'Lebih akhir',
    },
    cannot: {
      cut: 'Belum ada kecelakaan.',
      in: 'Lebih dekat dari ini tidak ada lagi yang terlihat.',
      out: 'Seluruh balapan sudah ditampilkan.',
      whole: 'Seluruh balapan sudah ditampilkan.',
      earlier: 'Ini awal balapan.',
      later: 'Ini akhir balapan.',
    },
    riskScale: (from: number): string => `dijawab sejak ${seconds(from)}`,
    lost: (n: number, since: number): string =>
      `${count(n, numbers)} hilang, dijawab sejak ${seconds(since)}`,
    noneLost: 'tidak ada yang hilang',
    cutElsewhere: 'kecelakaan tidak ada di bagian ini',
    curveLabel: (name: string, from: number, to: number, what: string): string =>
      `${name}, ${seconds(from)} sampai ${seconds(to)}: ${what}.`,
  },
  windowLabel: (said: string | null, was: string): string =>
    said === null ? `Jendela kehilangan: ${was}.` : `Tebakan Anda ${said}. Nyatanya ${was}.`,
  hidden: 'disembunyikan sampai kecelakaan',
  all: 'semua',
  predictName: (lane: string): string => `Tebakan untuk ${lane}, dalam detik, atau semua`,
  predictAxis: (lane: string): string => `Tebakan untuk ${lane}, di sumbu`,
  notPredicted: 'belum ada',
  predictUnit: 'detik',
  axisUnit: 'dtk',
  predictWrong: 'Jumlah detik, misalnya 1,5, atau semua.',
  promises: {
    none: 'Hanya memori: kecelakaan apa pun mengambil semuanya.',
    rdb: 'Snapshot sesekali: kecelakaan mengambil yang datang setelah yang terakhir.',
    no: 'Log semua penulisan, dan kernel menentukan kapan ia sampai ke disk.',
    everysec: 'Log semua penulisan, dan satu fsync per detik.',
    always: 'Log semua penulisan, dan satu fsync sebelum tiap balasan.',
  },
  reasons: {
    none: 'Hanya memori. Tidak ada yang diberikan ke berkas.',
    rdbFirst: (points: string): string => `save ${points}. Belum ada snapshot yang selesai.`,
    rdb: (points: string, at: number): string =>
      `save ${points}. Snapshot di disk memuat data sampai ${seconds(at)}.`,
    noFirst: 'Kernel yang menentukan. Belum ada yang ditulisnya ke disk.',
    no: (at: number): string =>
      `Kernel yang menentukan. Disk memuat yang datang sampai ${seconds(at)}.`,
    everysecFirst: 'Satu fsync per detik. Belum ada yang selesai.',
    everysec: (at: number): string =>
      `Satu fsync per detik. Disk memuat yang datang sampai ${seconds(at)}.`,
    always: 'fsync dulu, baru balasan. Yang dijawab sudah ada di disk.',
  },
  states: {
    loading: 'memuat',
    stopped: 'tidak berjalan',
    failed: 'menolak menyala',
    off: 'listrik padam',
  },
  recount: (n: string): string => `setelah dinyalakan ada ${n}`,
  missed: (said: string, lane: string, was: string): string =>
    `Anda menebak ${said} untuk **${lane}**. Nyatanya ${was}.`,
  allRight: 'Tebakan Anda tepat.',
  allRightText: (n: number): string =>
    n === 1 ? 'Satu tebakan Anda benar.' : `Semua ${n} tebakan Anda benar.`,
  noPrediction: 'Apa yang hilang, dan mengapa',
  why: {
    none: (n: number): string =>
      `Tidak ada yang diberikan ke berkas: ${count(n, numbers)} penulisan hanya ada di memori.`,
    rdb: (at: number | null): string =>
      at === null
        ? 'Belum ada snapshot yang selesai: semuanya hanya ada di memori.'
        : `Yang datang setelah snapshot ${seconds(at)} hanya ada di memori.`,
    no: (at: number | null): string =>
      at === null
        ? 'Tanpa fsync, kernel menulis balik yang lebih tua dari 30 detik, dan memeriksa tiap 5 detik. Saat itu belum tiba.'
        : `Tanpa fsync, kernel menulis balik yang lebih tua dari 30 detik, dan memeriksa tiap 5 detik. Disk memuat yang datang sampai ${seconds(at)}.`,
    everysec: (at: number | null): string =>
      at === null
        ? 'Satu fsync per detik diminta, dan yang pertama belum selesai.'
        : `Satu fsync per detik diminta. Yang terakhir selesai mencakup yang datang sampai ${seconds(at)}.`,
    always: () => 'Balasan menunggu fsync-nya: yang dijawab sudah ada di disk.',
  },
  price: {
    slower: (mine: number, others: number): string =>
      `Harga **always** di disk ini: ${count(mine, numbers)} perintah per detik, bukan ${count(others, numbers)}.`,
    same: (mine: number): string =>
      `Di disk ini **always** sanggup mengikuti: ${count(mine, numbers)} perintah per detik.`,
    text: (mine: string, others: string): string =>
      `Separuh permintaannya dijawab dalam ${mine}; tanpa fsync sebelum balasan, dalam ${others}.`,
  },
  before: 'Tebak, lalu putuskan listrik',
  beforeText: (n: number, all: number): string =>
    n === all
      ? 'Tiap lajur sudah ditebak. Putuskan listrik kapan saja.'
      : `${n} dari ${all} lajur sudah ditebak. Jawabannya disembunyikan sampai kecelakaan.`,
  actions: {
    power: 'Putus listrik',
    kill: 'Matikan proses',
    boot: 'Nyalakan semua',
    open: (lane: string): string => `Buka ${lane}`,
    csv: 'Ekspor tabel',
    png: 'Ekspor gambar',
    newSeed: 'Benih baru',
    edit: 'Lajur dan beban',
    again: 'Balapan yang sama lagi',
  },
  clockNote: 'semua lajur memakai jam ini',
  workload: (rate: string, clients: number): string => `${rate}, ${clients} klien`,
  closedLoop: 'secepat balasan datang',
  noWorkload: 'tanpa beban',
  seed: 'benih',
  start: {
    name: 'Mulai lagi',
    title: 'Mesin yang sekarang dibuang.',
    one: 'Satu mesin',
    oneHint: 'everysec, disk kosong',
    three: 'Balapan bertiga',
    threeHint: 'no, everysec, always',
    five: 'Balapan berlima',
    fiveHint: 'tanpa persistensi, RDB, no, everysec, always',
    edit: 'Balapan Anda sendiri…',
    editHint: 'lajur, beban, disk, benih',
  },
  setup: {
    title: 'Lajur, beban, dan disk',
    intro: 'Memulai membangun mesin baru dengan disk kosong; yang sekarang dibuang.',
    lanes: 'Lajur',
    lane: (i: number): string => `Lajur ${i}`,
    name: 'nama',
    nameOf: (i: number): string => `Nama lajur ${i}`,
    config: 'redis.conf',
    configOf: (lane: string): string => `redis.conf untuk ${lane}`,
    add: 'Tambah lajur',
    addKind: 'Apa yang disimpan lajur baru',
    remove: 'Hapus',
    removeLane: (lane: string): string => `Hapus ${lane}`,
    most: 'paling banyak lima lajur',
    fewest: 'balapan perlu dua lajur',
    badLine: (line: number, text: string, reason: string): string =>
      `Baris ${line}, \`${text}\`: ${reason}. Ubah atau hapus baris itu.`,
    badFile: (reason: string): string => `redis-server tidak akan menyala: ${reason}.`,
    badName: 'Nama terdiri atas 1 sampai 32 huruf, angka, - atau _.',
    sameName: (name: string): string => `Dua lajur bernama ${name}. Beri salah satunya nama lain.`,
    workload: 'Beban',
    rate: 'laju',
    rateUnit: 'perintah/dtk',
    loop: 'putaran',
    open: 'terbuka: perintah datang selaju ini',
    closed: 'tertutup: klien mengirim setelah dijawab',
    clients: 'klien',
    mix: 'perintah, satu per baris',
    mixHelp: '{n} menghitung naik, {k} salah satu kunci, {v} sebuah nilai',
    keys: 'kunci',
    valueBytes: 'ukuran nilai',
    bytes: 'B',
    transactions: 'dalam transaksi',
    transactionsUnit: 'perintah, 0: tanpa',
    ttl: 'umur kunci',
    ttlUnit: 'ms, 0: selamanya',
    mixes: 'Isikan',
    mixNames: {
      writes: 'penulisan',
      reads: 'baca dan tulis',
      counters: 'pencacah',
      scripts: 'skrip',
    },
    disk: 'Disk',
    seed: 'benih',
    range: (name: string, from: number, to: number): string =>
      `${name}: bilangan bulat dari ${count(from, numbers)} sampai ${count(to, numbers)}.`,
    quotes: (line: number): string => `Baris ${line}: tanda kutip belum ditutup. Tutuplah.`,
    noMix: 'Setidaknya satu perintah diperlukan.',
    problems: (n: number): string => `${n} hal perlu diperbaiki.`,
    start: 'Mulai balapan',
    cancel: 'Kembali ke balapan',
  },
  csvName: 'aof-lab-race.csv',
  pngName: 'aof-lab-race.png',
  pictureFoot: (workload: string, disk: string, seed: number, part: string): string =>
    `${part} · ${workload} · ${disk} · benih ${seed} · AOF Lab`,
  second: 'detik',
  duration: (ms: number): string => duration(ms, numbers),
} satisfies RaceTexts;
