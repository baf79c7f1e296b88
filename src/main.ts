/** The page: a worker that runs the lab, the line to it, and what shows it. The first paint waits for neither. */
import { installAofLab } from './ui/aof-lab.ts';
import { mountPage } from './ui/mount-page.ts';
import { startWorker } from './ui/start-worker.ts';
import { connectLab } from './worker/link.ts';

const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app element');

const link = connectLab(startWorker(), startWorker);
const { model } = mountPage(target, link.call, restart);
link.onFrame((frame) => model.receive(frame));
link.onTrouble((trouble) => model.receiveTrouble(trouble));
tellRecovery();
installAofLab(link);

function restart(): void {
  link.restart();
  tellRecovery();
}

/** What the last visit left; a start that fails is told as trouble. */
function tellRecovery(): void {
  link.ready.then(
    (recovered) => model.receiveRecovered(recovered),
    () => undefined,
  );
}
