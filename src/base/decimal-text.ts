/**
 * A number with a set count of digits as C's printf has it. The host rounds a tie up, C rounds it to the even digit; both
 * know the exact decimal value of a double, so that the tie is seen in its further digits.
 */

/** `%.{digits}f`; `number` is finite and below 1e21, digits at most 40. */
export function fixedText(number: number, digits: number): string {
  const text = number.toFixed(digits);
  const exact = number.toFixed(digits + MORE);
  return evenAtTie(text, exact.slice(0, -MORE), exact.slice(-MORE), digits === 0);
}

/** `%.{digits}e`, with two digits of exponent at least. */
export function exponentialText(number: number, digits: number): string {
  const [text = '', power = ''] = number.toExponential(digits).split('e');
  const [exact = '', exactPower] = number.toExponential(digits + MORE).split('e');
  const even =
    power === exactPower
      ? evenAtTie(text, exact.slice(0, -MORE), exact.slice(-MORE), digits === 0)
      : text;
  return `${even}e${power.replace(/^([+-])(\d)$/, '$10$2')}`;
}

const MORE = 60;

function evenAtTie(rounded: string, cut: string, rest: string, whole: boolean): string {
  if (!/^50*$/.test(rest)) return rounded;
  const kept = whole ? cut.replace(/\.$/, '') : cut;
  return Number(kept.charAt(kept.length - 1)) % 2 === 0 ? kept : rounded;
}
