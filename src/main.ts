/** The page: a worker that runs the lab, the line to it, and what shows it. The first paint waits for neither. */
import { installAofLab } from './ui/aof-lab.ts';
import { Page } from './ui/page.ts';
import { serviceWorkerAddress, startWorker } from './ui/trusted-scripts.ts';
import { connectLab } from './worker/link.ts';

const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app element');

const link = connectLab(startWorker(), startWorker);
const page = new Page(link.call);
link.onFrame((frame) => page.receive(frame));
link.onPush((push) => page.pushed(push));
link.onTerminal((update) => page.terminal(update));
link.onTrouble((trouble) => page.model.receiveTrouble(trouble));
tellRecovery();
installAofLab(link);
await page.mount(target, restart);
// `vite` alone serves modules that change under the page: nothing of them may be kept.
if (import.meta.env.PROD) await keepForLater();

async function keepForLater(): Promise<void> {
  await link.ready.catch(() => undefined);
  const { keepOffline } = await import('./offline/updates.ts');
  keepOffline(serviceWorkerAddress(), (use) => (page.state.newBuild = use));
}

function restart(): void {
  link.restart();
  tellRecovery();
}

/** What the last visit left; a start that fails is told as trouble. */
function tellRecovery(): void {
  link.ready.then(
    (recovered) => page.model.receiveRecovered(recovered),
    () => undefined,
  );
}
