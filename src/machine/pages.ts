/**
 * The contents of a file, in pages. A page that is missing reads as zeros.
 * Page objects are shared between the page cache, writes in flight and the platter: who writes copies first.
 */
export type Page = Uint8Array;
export type Pages = (Page | undefined)[];

export const PAGE_SIZE = 4096;

export function pageOf(offset: number): number {
  return Math.floor(offset / PAGE_SIZE);
}

/** How many pages `size` bytes need. */
export function pageCount(size: number): number {
  return Math.ceil(size / PAGE_SIZE);
}

/** A fresh array of bytes `start` up to `end`. */
export function copyFromPages(pages: Pages, start: number, end: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(end - start, 0));
  let at = start;
  while (at < end) {
    const index = pageOf(at);
    const offset = at - index * PAGE_SIZE;
    const length = Math.min(PAGE_SIZE - offset, end - at);
    const page = pages[index];
    if (page !== undefined) bytes.set(page.subarray(offset, offset + length), at - start);
    at += length;
  }
  return bytes;
}

/** A copy of `page` whose bytes from `offset` on are zero. */
export function zeroedFrom(page: Page, offset: number): Page {
  const copy = page.slice();
  copy.fill(0, offset);
  return copy;
}

/** Drops what lies beyond `size`; the rest of the last page becomes zeros, in a page of its own. */
export function cutPages(pages: Pages, size: number): void {
  pages.length = Math.min(pages.length, pageCount(size));
  const last = pageOf(size);
  const page = pages[last];
  if (page !== undefined) pages[last] = zeroedFrom(page, size - last * PAGE_SIZE);
}
