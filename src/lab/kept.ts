/**
 * What the browser keeps of a lab, as bytes: one start, then batches of what reached the platters, each with the
 * actions up to it. From them a later visit boots the same machines from the same disks.
 */
import { utf8Decode, utf8Encode, byteStringOf, bytesOf } from '../base/bytes.ts';
import {
  appendBytes,
  newGrowableBytes,
  takenBytes,
  type GrowableBytes,
} from '../base/growable-bytes.ts';
import { parseOwnJson } from '../base/json.ts';
import type { Micros, Millis } from '../base/time.ts';
import { decodePlatterChanges, encodePlatterChanges } from '../machine/platter-codec.ts';
import type { PlatterChange } from '../machine/platter.ts';
import type { LabPlan } from './setup.ts';

export interface KeptAction {
  readonly at: Millis;
  readonly action: string;
}

/** What would have been lost, had the tab closed with this batch: said at the next visit. */
export interface KeptRisk {
  readonly lane: string;
  readonly writes: number;
}

interface KeptHead {
  readonly version: 1;
  readonly kind: 'start' | 'batch';
  readonly at: Micros;
  readonly actions: readonly KeptAction[];
  readonly risks: readonly KeptRisk[];
  readonly clock?: { readonly paused: boolean; readonly speed: number };
  /** Only in a start. Files are on the platters; the configuration is a file too. */
  readonly plan?: Omit<LabPlan, 'lanes' | 'files'> & { readonly lanes: readonly string[] };
  /** Lanes whose changes follow, in order. */
  readonly lanes: readonly string[];
}

export interface Kept extends KeptHead {
  readonly changes: ReadonlyMap<string, readonly PlatterChange[]>;
}

export function encodeKept(kept: Omit<Kept, 'version' | 'lanes'>): Uint8Array {
  const { changes, ...head } = kept;
  const sink = newGrowableBytes(1024);
  const text: KeptHead = { ...head, version: 1, lanes: [...changes.keys()] };
  appendBlock(sink, bytesOf(utf8Encode(JSON.stringify(text))));
  for (const lane of changes.values()) appendBlock(sink, encodePlatterChanges(lane));
  return takenBytes(sink);
}

/** The record, or why it cannot be used. */
export function decodeKept(bytes: Uint8Array): Kept | string {
  const blocks = readBlocks(bytes);
  const first = blocks?.[0];
  if (blocks === undefined || first === undefined) return 'a kept record is damaged';
  const head = parseOwnJson<KeptHead>(utf8Decode(byteStringOf(first)));
  if (head.version !== 1) return `this lab was kept by a newer version (${String(head.version)})`;
  const changes = new Map<string, readonly PlatterChange[]>();
  for (const [i, lane] of head.lanes.entries()) {
    const block = blocks[i + 1];
    const decoded = block === undefined ? undefined : decodePlatterChanges(block);
    if (decoded === undefined || !decoded.ok) return 'a kept record is damaged';
    changes.set(lane, decoded.changes);
  }
  return { ...head, changes };
}

function appendBlock(sink: GrowableBytes, block: Uint8Array): void {
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, block.length, true);
  appendBytes(sink, size);
  appendBytes(sink, block);
}

function readBlocks(bytes: Uint8Array): Uint8Array[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const size = view.getUint32(at, true);
    at += 4;
    if (at + size > bytes.length) return undefined;
    blocks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return blocks;
}
