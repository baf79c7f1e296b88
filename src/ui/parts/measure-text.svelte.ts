/** Widths of 13 px text in the page's face, for SVG labels that must not overlap. */
import type { Measure } from '../ruler/label-layout.ts';

let context: CanvasRenderingContext2D | null | undefined;
/** Counts the arrivals of faces: what was measured in a fallback is measured again. */
let arrivals = $state(0);
document.fonts.addEventListener('loadingdone', () => arrivals++);

export const measureText: Measure = (text, weight) => {
  void arrivals;
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * 7.4;
  context.font = `${weight} 13px "IBM Plex Sans", system-ui, sans-serif`;
  return context.measureText(text).width + 1;
};
