/** The sizes of the race's picture, in units of which the PNG has two pixels each. */
export const pictureWidth = 1200;
export const headHeight = 112;
export const rowHeight = 104;
const footHeight = 72;

export function pictureHeight(lanes: number): number {
  return headHeight + lanes * rowHeight + footHeight;
}
