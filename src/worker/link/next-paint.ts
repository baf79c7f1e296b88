/** A page in the background is not painted; what waits for it goes on at this pace. */
const UNPAINTED_MS = 100;

/** Acts just before the page is painted next, whose style and layout then follow in the same frame. Returns the way out. */
export function atNextPaint(act: () => void): () => void {
  const once = (): void => {
    cancel();
    act();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, UNPAINTED_MS);
  const cancel = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
  return cancel;
}
