/** Development only: the page in one state, `?state=healthy&lang=id&theme=dark`. */
import { Page } from '../../../src/ui/page.ts';
import { fixtures } from '../fixtures.ts';
import { fakeDoor } from '../fake-door.ts';

const query = new URLSearchParams(location.search);
localStorage.clear();
for (const name of ['theme', 'language', 'folded']) {
  const value = query.get(name === 'language' ? 'lang' : name);
  if (value !== null) localStorage.setItem(`aof-lab.${name}`, value);
}

const fixture = fixtures[query.get('state') ?? 'healthy'];
if (fixture === undefined)
  throw new Error(`no such state; there are ${Object.keys(fixtures).join(', ')}`);
const target = document.querySelector('#app');
if (target === null) throw new Error('no #app');

const door = fakeDoor();
const page = new Page(door.lab);
await page.mount(target, () => location.reload());
const tab = query.get('tab');
if (tab === 'console' || tab === 'log' || tab === 'time' || tab === 'ledger' || tab === 'files') {
  page.state.phoneTab = tab;
  if (tab !== 'console' && tab !== 'time') page.state.sideTab = tab;
}

const [first, ...later] = fixture.frames;
if (first !== undefined) show(first);
while (first !== undefined && page.model.frame === null) await new Promise(requestAnimationFrame);
const session = await page.session;
await session.console.started;
for (const line of fixture.typed ?? []) {
  if (line === fixture.typed?.at(-1)) for (const frame of later) show(frame);
  session.cli.submitLine(line);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
for (const frame of later) if (page.model.frame !== frame) show(frame);
if (fixture.recovered !== undefined) page.model.receiveRecovered(fixture.recovered);
await document.fonts.ready;
await new Promise((resolve) => setTimeout(resolve, 300));
document.documentElement.dataset['ready'] = 'yes';

function show(frame: (typeof fixtures)[string]['frames'][number]): void {
  door.show(frame);
  page.receive(frame);
}
