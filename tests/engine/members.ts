/** Too long for a listpack's entry. */
export const long = 'x'.repeat(65);

/** Members that are integers, as SADD takes them. */
export function numbers(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => from + i).join(' ');
}

/** Members that are none: `m3 m4`. */
export function words(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `m${from + i}`).join(' ');
}

/** Members with their scores, as ZADD takes them: `3 m3 4 m4`. */
export function scored(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `${from + i} m${from + i}`).join(' ');
}

/** Members that all have the score 0. */
export function tied(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => `0 m${1000 + from + i}`).join(' ');
}
