/** What the sheet of keys says. */
import { locale } from './i18n/locale.svelte.ts';

export const en = {
  title: 'Keys',
  intro: 'Letters act when no text field and no terminal has the focus.',
  letters: 'Use single-letter keys',
  rows: {
    panes: 'next, previous pane; also the way out of the terminal',
    step: 'step, from anywhere',
    back: 'step back in time',
    play: 'play or pause, from anywhere',
    space: 'play or pause',
    dot: 'step',
    speed: 'slower, faster',
    power: 'cut power',
    kill: 'kill process',
    boot: 'boot',
    rewrite: 'rewrite',
    faults: 'faults',
    filter: 'filter the log',
    follow: 'follow the log',
    hex: 'hex view of the log',
    undo: 'undo, redo',
    console: 'another redis-cli, with a client of its own',
    zoom: 'in the race: closer, farther, the whole run',
    help: 'all keys',
    escape: 'close, leave',
  },
};

export type KeyTexts = typeof en;

export const id = {
  title: 'Tombol',
  intro: 'Huruf bekerja bila kolom teks dan terminal tidak sedang aktif.',
  letters: 'Pakai tombol satu huruf',
  rows: {
    panes: 'panel berikutnya, sebelumnya; juga jalan keluar dari terminal',
    step: 'langkah, dari mana saja',
    back: 'mundur selangkah dalam waktu',
    play: 'jalankan atau jeda, dari mana saja',
    space: 'jalankan atau jeda',
    dot: 'langkah',
    speed: 'lebih lambat, lebih cepat',
    power: 'putus listrik',
    kill: 'matikan proses',
    boot: 'nyalakan',
    rewrite: 'tulis ulang',
    faults: 'gangguan',
    filter: 'saring log',
    follow: 'ikuti log',
    hex: 'tampilan heksa log',
    undo: 'urungkan, ulangi',
    console: 'redis-cli lain, dengan klien sendiri',
    zoom: 'di balapan: lebih dekat, lebih jauh, seluruhnya',
    help: 'semua tombol',
    escape: 'tutup, keluar',
  },
} satisfies KeyTexts;

export function keyTexts(): KeyTexts {
  return locale.language === 'id' ? id : en;
}

export interface KeyRow {
  readonly keys: readonly string[];
  readonly row: keyof KeyTexts['rows'];
}

export const keyRows: readonly KeyRow[] = [
  { keys: ['F6', 'Shift F6'], row: 'panes' },
  { keys: ['F8'], row: 'step' },
  { keys: ['Shift F8', ','], row: 'back' },
  { keys: ['F9'], row: 'play' },
  { keys: ['Space'], row: 'space' },
  { keys: ['.'], row: 'dot' },
  { keys: ['<', '>'], row: 'speed' },
  { keys: ['P'], row: 'power' },
  { keys: ['K'], row: 'kill' },
  { keys: ['B'], row: 'boot' },
  { keys: ['W'], row: 'rewrite' },
  { keys: ['F'], row: 'faults' },
  { keys: ['/'], row: 'filter' },
  { keys: ['L'], row: 'follow' },
  { keys: ['H'], row: 'hex' },
  { keys: ['Z', 'Shift Z'], row: 'undo' },
  { keys: ['C'], row: 'console' },
  { keys: ['+', '-', '0'], row: 'zoom' },
  { keys: ['?'], row: 'help' },
  { keys: ['Esc'], row: 'escape' },
];
