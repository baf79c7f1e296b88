import type { ITheme } from '@xterm/xterm';

/** The tokens that a terminal is drawn with, and what each stands in for when the page does not define it. */
const FALLBACKS = {
  '--panel': '#ffffff',
  '--ink': '#14181c',
  '--ink-2': '#434b54',
  '--ink-3': '#5d6670',
  '--accent-tint': '#e8eefc',
  '--accent-text': '#1d4ed8',
  '--buffer': '#a06600',
  '--cache': '#0a6b7c',
  '--lost': '#ad0f3c',
} as const;

type Token = keyof typeof FALLBACKS;

/**
 * The palette of a terminal from the custom properties that hold for an element. Sixteen colours are all that
 * the console uses: a colour by value would be a style attribute, which the page's policy forbids. Green is
 * ink, since colour means risk here. `--terminal-ground` may name another ground than the panel's.
 */
export function themeOf(element: Element): ITheme {
  const style = getComputedStyle(element);
  const token = (name: Token): string => style.getPropertyValue(name).trim() || FALLBACKS[name];
  const ground = style.getPropertyValue('--terminal-ground').trim() || token('--panel');
  const ink = token('--ink');
  const ink2 = token('--ink-2');
  const ink3 = token('--ink-3');
  return {
    background: ground,
    foreground: ink,
    cursor: ink,
    cursorAccent: ground,
    selectionBackground: token('--accent-tint'),
    selectionInactiveBackground: token('--accent-tint'),
    black: ink,
    red: token('--lost'),
    green: ink,
    yellow: token('--buffer'),
    blue: token('--accent-text'),
    magenta: token('--accent-text'),
    cyan: token('--cache'),
    white: ink2,
    brightBlack: ink3,
    brightRed: token('--lost'),
    brightGreen: ink,
    brightYellow: token('--buffer'),
    brightBlue: token('--accent-text'),
    brightMagenta: token('--accent-text'),
    brightCyan: token('--cache'),
    brightWhite: ink,
    scrollbarSliderBackground: token('--ink-3'),
    scrollbarSliderHoverBackground: ink2,
    scrollbarSliderActiveBackground: ink2,
  };
}
