/**
 * The first row from `from` up to `to` for which `holds`, else `to`; it holds for all rows behind the first. A row
 * `near` it makes that fast whatever the number of rows: the search goes outward from there.
 */
export function firstRow(
  from: number,
  to: number,
  holds: (row: number) => boolean,
  near?: number,
): number {
  let low = from;
  let high = to;
  if (near !== undefined && near >= from && near < to) {
    let step = 1;
    if (holds(near)) {
      high = near;
      while (high - step > low && holds(high - step)) {
        high -= step;
        step *= 2;
      }
      low = Math.max(low, high - step);
    } else {
      low = near + 1;
      while (low + step < high && !holds(low + step)) {
        low += step + 1;
        step *= 2;
      }
      high = Math.min(high, low + step);
    }
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
