import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import { runFingerprint, SCRIPTED_SETUP, scriptedRun } from './scripted-run.ts';

/** What the scripted run amounts to with that seed, from a new lab to its end. */
export function scriptedFingerprint(seed: number): string {
  const plan = planLab({ ...SCRIPTED_SETUP, seed }, 1_795_225_880_000_000);
  if (typeof plan === 'string') throw new Error(plan);
  const lab = Lab.create(plan);
  scriptedRun(lab);
  return runFingerprint(lab);
}
