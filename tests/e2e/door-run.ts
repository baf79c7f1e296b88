/**
 * One run at the page's door, to be done in a browser: every file that it leaves, with its bytes, and the rest of what
 * the view shows. It uses nothing but its argument, so its text can be handed to any browser.
 */
export async function doorRun(seed: number): Promise<(readonly [string, string])[]> {
  await window.aofLab.reset({
    seed,
    clock: { paused: true, startAt: Date.UTC(2026, 0, 1) },
    disk: { preset: 'hdd' },
  });
  await window.aofLab.send('SET a 1 EX 100');
  await window.aofLab.workload({
    rate: 300,
    mix: ['SET k:{k} {v}', 'SET e:{n} 1 PX 300', 'INCR c:{k}'],
  });
  await window.aofLab.advance(2_500);
  // Its reply comes after the fork, which takes time.
  const rewriting = window.aofLab.send('BGREWRITEAOF');
  await window.aofLab.advance(1_200);
  await rewriting;
  await window.aofLab.crash('power-lost', { tail: 'holes' });
  const { now, lanes } = await window.aofLab.view();
  const found: (readonly [string, string])[] = [['view', JSON.stringify({ now, lanes })]];
  for (const { path } of lanes[0]!.files) {
    const bytes = await window.aofLab.readFile(path);
    found.push([path, bytes.join()]);
  }
  return found;
}
