/** The client of the lab that the page's redis-cli of that number is; a script of the page is another. */
export function clientNamed(number: number): string {
  return number === 1 ? 'console' : `console-${number}`;
}
