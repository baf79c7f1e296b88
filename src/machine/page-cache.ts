import type { Micros } from '../base/time.ts';
import type { FileInode, Flight, KernelState } from './kernel-state.ts';
import { copyFromPages, cutPages, PAGE_SIZE, pageCount, pageOf, zeroedFrom } from './pages.ts';
import { addRange, cutRanges, removeRange } from './ranges.ts';

/** Up to `length` bytes from `offset` on; none at or beyond the end of the file. */
export function readFromCache(file: FileInode, offset: number, length: number): Uint8Array {
  return copyFromPages(file.pages, offset, Math.min(offset + length, file.size));
}

/** Writes bytes, and zeros between the old end and `offset`, into the page cache alone. */
export function writeToCache(
  state: KernelState,
  file: FileInode,
  offset: number,
  bytes: Uint8Array,
  now: Micros,
): void {
  const end = offset + bytes.length;
  let done = 0;
  while (done < bytes.length) {
    const index = pageOf(offset + done);
    const start = offset + done - index * PAGE_SIZE;
    const length = Math.min(PAGE_SIZE - start, bytes.length - done);
    const isWhole = done === 0 && length === bytes.length;
    ownPage(file, index).set(isWhole ? bytes : bytes.subarray(done, done + length), start);
    done += length;
  }
  markDirty(file, Math.min(offset, file.size), end, now);
  growTo(state, file, end);
  file.modifiedAt = now;
}

/** ftruncate(2). Growing writes zeros, without pages for them. */
export function resizeInCache(
  state: KernelState,
  file: FileInode,
  size: number,
  now: Micros,
): void {
  file.modifiedAt = now;
  if (size >= file.size) {
    markDirty(file, file.size, size, now);
    growTo(state, file, size);
    return;
  }
  state.usedBytes -= file.size - size;
  file.size = size;
  cutPages(file.pages, size);
  const last = pageOf(size);
  for (const index of file.owned) {
    if (index > last) file.owned.delete(index);
  }
  // cutPages has made a page of its own of what is left of the last one.
  if (file.pages[last] !== undefined) file.owned.add(last);
  cutRanges(file.dirty, size);
  cutRanges(file.stale, size);
  if (file.dirty.length === 0) file.dirtySince = -1;
  for (const flight of state.flights) {
    if (flight.inode === file.number) cutFlight(flight, size);
  }
}

/** What a truncated file has in flight must not come back when the flight ends. */
export function cutFlight(flight: Flight, size: number): void {
  if (flight.size <= size) return;
  flight.size = size;
  cutRanges(flight.ranges, size);
  const last = pageOf(size);
  for (const [index, page] of flight.pages) {
    if (index > last || index >= pageCount(size)) flight.pages.delete(index);
    else if (index === last) flight.pages.set(index, zeroedFrom(page, size - last * PAGE_SIZE));
  }
}

function ownPage(file: FileInode, index: number): Uint8Array {
  const page = file.pages[index];
  if (page !== undefined && file.owned.has(index)) return page;
  const own = page === undefined ? new Uint8Array(PAGE_SIZE) : page.slice();
  file.pages[index] = own;
  file.owned.add(index);
  return own;
}

function growTo(state: KernelState, file: FileInode, size: number): void {
  if (size <= file.size) return;
  state.usedBytes += size - file.size;
  file.size = size;
}

function markDirty(file: FileInode, start: number, end: number, now: Micros): void {
  if (start >= end) return;
  if (file.dirtySince < 0) file.dirtySince = now;
  addRange(file.dirty, start, end);
  removeRange(file.stale, start, end);
}

/** What the disk is given of a file: its dirty bytes, which are clean from now on, on pages nobody changes any more. */
export interface Captured {
  readonly size: number;
  readonly ranges: number[];
  readonly pages: Map<number, Uint8Array>;
}

export function captureDirty(file: FileInode): Captured {
  const ranges = file.dirty.splice(0);
  file.dirtySince = -1;
  const pages = new Map<number, Uint8Array>();
  for (let i = 0; i < ranges.length; i += 2) {
    const after = pageCount(ranges[i + 1]!);
    for (let index = pageOf(ranges[i]!); index < after; index++) {
      const page = file.pages[index];
      if (page === undefined) continue;
      pages.set(index, page);
      file.owned.delete(index);
    }
  }
  return { size: file.size, ranges, pages };
}
