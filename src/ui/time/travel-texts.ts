/** The texts of going back in time, and of the futures that this makes. */
import { locale } from '../i18n/locale.svelte.ts';
import { clockTime } from '../i18n/numbers.ts';

export const en = {
  scrubber: 'Instant of the run',
  scrubHint: 'Arrow keys step, Page Up and Page Down go by the axis, Home and End to either end.',
  instant: (at: string): string => `${at} of the run`,
  past: (at: string, ago: string): string => `You are looking at ${at}, ${ago} ago.`,
  nothingRuns: 'Nothing is running.',
  now: 'Back to now',
  goOn: 'Continue from here',
  going: (percent: string): string => `On the way: ${percent}`,
  stop: 'Stop',
  whole: 'Whole run',
  aroundCut: 'Accident ± 2 s',
  stepBack: 'Step back',
  futures: 'Futures of this run',
  futuresCount: (n: string): string => `${n} futures`,
  allFutures: 'All futures of this run',
  here: 'here',
  killed: 'killed',
  powerCut: 'power cut',
  running: 'no accident',
  compare: 'Compare',
  compareWith: (name: string): string => `Compare with future ${name}`,
  openFuture: (name: string): string => `Go over to future ${name}`,
  compareTitle: (here: string, there: string): string => `Future ${here} beside future ${there}`,
  partAt: (at: string): string => `They part at ${at}.`,
  first: 'First thing that differs',
  nothing: 'nothing was done',
  lane: 'lane',
  future: (name: string): string => `future ${name}`,
  ends: (at: string): string => `up to ${at}`,
  acknowledged: 'acknowledged',
  survived: 'survived',
  lost: 'lost',
  keys: 'keys',
  accident: {
    'process-killed': (at: string): string => `process killed at ${at}`,
    'power-lost': (at: string): string => `power cut at ${at}`,
    none: 'if the power failed at its end',
  },
  differing: (n: string): string => `Keys that differ: ${n}`,
  none: 'Both hold the same keys with the same values.',
  key: 'key',
  absent: 'not there',
  more: (n: string): string => `and ${n} more`,
  waiting: 'The other future is played to its end.',
  forecast: (at: string): string => `An accident at ${at} would take`,
  byPower: (n: string): string => `power ${n}`,
  byKill: (n: string): string => `process ${n}`,
  dead: 'nothing runs',
};

export type TravelTexts = typeof en;

export const id = {
  scrubber: 'Saat dalam percobaan',
  scrubHint:
    'Tombol panah melangkah, Page Up dan Page Down per garis sumbu, Home dan End ke kedua ujung.',
  instant: (at: string): string => `${at} dalam percobaan`,
  past: (at: string, ago: string): string => `Anda melihat saat ${at}, ${ago} yang lalu.`,
  nothingRuns: 'Tidak ada yang berjalan.',
  now: 'Kembali ke sekarang',
  goOn: 'Lanjutkan dari sini',
  going: (percent: string): string => `Sedang menuju ke sana: ${percent}`,
  stop: 'Hentikan',
  whole: 'Seluruh percobaan',
  aroundCut: 'Kecelakaan ± 2 s',
  stepBack: 'Langkah mundur',
  futures: 'Masa depan percobaan ini',
  futuresCount: (n: string): string => `${n} masa depan`,
  allFutures: 'Semua masa depan percobaan ini',
  here: 'di sini',
  killed: 'dimatikan',
  powerCut: 'listrik diputus',
  running: 'tanpa kecelakaan',
  compare: 'Bandingkan',
  compareWith: (name: string): string => `Bandingkan dengan masa depan ${name}`,
  openFuture: (name: string): string => `Pindah ke masa depan ${name}`,
  compareTitle: (here: string, there: string): string =>
    `Masa depan ${here} di samping masa depan ${there}`,
  partAt: (at: string): string => `Keduanya berpisah pada ${at}.`,
  first: 'Hal pertama yang berbeda',
  nothing: 'tidak ada yang dilakukan',
  lane: 'lajur',
  future: (name: string): string => `masa depan ${name}`,
  ends: (at: string): string => `sampai ${at}`,
  acknowledged: 'terkonfirmasi',
  survived: 'selamat',
  lost: 'hilang',
  keys: 'kunci',
  accident: {
    'process-killed': (at: string): string => `proses dimatikan pada ${at}`,
    'power-lost': (at: string): string => `listrik diputus pada ${at}`,
    none: 'jika listrik padam di ujungnya',
  },
  differing: (n: string): string => `Kunci yang berbeda: ${n}`,
  none: 'Keduanya menyimpan kunci dan nilai yang sama.',
  key: 'kunci',
  absent: 'tidak ada',
  more: (n: string): string => `dan ${n} lagi`,
  waiting: 'Masa depan yang lain sedang dijalankan sampai ujungnya.',
  forecast: (at: string): string => `Kecelakaan pada ${at} akan mengambil`,
  byPower: (n: string): string => `listrik ${n}`,
  byKill: (n: string): string => `proses ${n}`,
  dead: 'tidak ada yang berjalan',
} satisfies TravelTexts;

export function travelTexts(): TravelTexts {
  return locale.language === 'id' ? id : en;
}

/** `00:12.720`. */
export function instantText(at: number): string {
  return clockTime(at);
}
