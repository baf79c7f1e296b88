/** The machines as they stand, as a setup that builds them again: their configuration files are read from their disks. */
import type { LabCalls } from '../../worker/link.ts';
import type { LaneSetup, Setup } from '../../worker/protocol.ts';
import type { ReadModel } from '../read-model.svelte.ts';
import { configOf } from './lane-lines.ts';

export async function currentSetup(model: ReadModel, lab: LabCalls): Promise<Setup> {
  const { frame } = model;
  const lanes = await Promise.all(
    model.lanes.map(async ({ view }): Promise<LaneSetup> => {
      const bytes = await lab.readFile('/etc/redis/redis.conf', { lane: view.id });
      return { id: view.id, config: configOf(new TextDecoder().decode(bytes)) };
    }),
  );
  if (frame === null) return { lanes };
  const { seed, workload, disk, clock } = frame;
  return { seed, lanes, workload, disk: disk.asked, clock: { speed: clock.speed } };
}
