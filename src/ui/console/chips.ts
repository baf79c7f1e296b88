/** Commands worth trying now, best first: those not yet sent in this run. */
const course = [
  'SET user:1 "Alice"',
  'INCR visits',
  'EXPIRE user:1 60',
  'SADD basket:1 kopi teh gula',
  'SPOP basket:1',
  'GET user:1',
  'INFO persistence',
  'CONFIG GET appendfsync',
  'HSET product:1 name "Kopi"',
  'BGREWRITEAOF',
] as const;

export function chipsFor(wasSent: (command: string) => boolean, most: number): readonly string[] {
  const unsent = course.filter((command) => !wasSent(command));
  return (unsent.length > 0 ? unsent : course).slice(0, most);
}
