import type { ValueLimits } from '../engine/serialize/load-value.ts';

/** The settings of a new server: by these the values that a tool reads get their encodings. */
export const SNAPSHOT_LIMITS: ValueLimits = {
  hashMaxListpackEntries: 128,
  hashMaxListpackValue: 64,
  listMaxListpackSize: -2,
  setMaxIntsetEntries: 512,
  setMaxListpackEntries: 128,
  setMaxListpackValue: 64,
  zsetMaxListpackEntries: 128,
  zsetMaxListpackValue: 64,
};
