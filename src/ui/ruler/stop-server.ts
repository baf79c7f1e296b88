/** The ways in which a server is told to end. */
import type { LabCalls } from '../../worker/link.ts';

export const stops = [
  'SIGTERM',
  'SIGINT',
  'SIGKILL',
  'SHUTDOWN',
  'SHUTDOWN SAVE',
  'SHUTDOWN NOSAVE',
  'SHUTDOWN FORCE',
  'SHUTDOWN ABORT',
] as const;
export type Stop = (typeof stops)[number];

/** A server that ends does not answer; one that refuses says why. */
export async function stop(
  lab: Pick<LabCalls, 'signal' | 'send'>,
  lane: string,
  how: Stop,
): Promise<void> {
  if (how.startsWith('SIG')) {
    await lab.signal(how, { lane });
    return;
  }
  const { text, reply } = await lab.send(how, { lane, client: 'page' });
  if (reply?.type === 'error') throw new Error(text);
}
