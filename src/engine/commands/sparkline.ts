/** Values drawn with letters, four rows high, each with a label that runs downwards (sparkline.c, filled). */
export interface Spark {
  readonly value: number;
  readonly label: string;
}

const ROWS = 4;
const COLUMNS = 80;
/** From low to high within a row; above them stands a bar. */
const MARKS = '_o#';
const BAR = '|';

export function sparkline(samples: readonly Spark[]): string {
  const values = samples.map(({ value }) => value);
  const min = Math.min(...values);
  const spread = Math.max(...values) - min;
  const blocks: string[] = [];
  for (let from = 0; from < samples.length; from += COLUMNS)
    blocks.push(block(samples.slice(from, from + COLUMNS), min, spread === 0 ? 1 : spread));
  return blocks.join('\n');
}

function block(samples: readonly Spark[], min: number, spread: number): string {
  const steps = MARKS.length * ROWS;
  let out = '';
  for (let row = 0; row < ROWS; row++) {
    for (const { value } of samples) {
      const step = Math.min(steps - 1, Math.floor(((value - min) * steps) / spread));
      const mark = step - (ROWS - row - 1) * MARKS.length;
      out += mark < 0 ? ' ' : (MARKS[mark] ?? BAR);
    }
    out += '\n';
  }
  out += `${' '.repeat(samples.length)}\n`;
  const longest = Math.max(...samples.map(({ label }) => label.length));
  for (let i = 0; i < longest; i++)
    out += `${samples.map(({ label }) => label[i] ?? ' ').join('')}\n`;
  return out;
}
