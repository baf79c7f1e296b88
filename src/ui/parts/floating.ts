/**
 * Places a native popover at the control that opens it. The browser brings the top layer, Esc and the closing
 * on a press elsewhere; only where it stands is ours, through CSSOM, as the content security policy asks.
 */
export function floating(anchor: () => HTMLElement | null | undefined) {
  return (popover: HTMLElement): (() => void) => {
    const place = (): void => {
      const from = anchor()?.getBoundingClientRect();
      if (from === undefined) return;
      const { offsetWidth: width, offsetHeight: height } = popover;
      const edge = 8;
      const left = Math.max(edge, Math.min(from.left, innerWidth - width - edge));
      const below = from.bottom + 4;
      const above = from.top - height - 4;
      const top = below + height <= innerHeight - edge || above < edge ? below : above;
      popover.style.left = `${left}px`;
      popover.style.top = `${Math.max(edge, Math.min(top, innerHeight - height - edge))}px`;
    };
    const follow = (event: Event): void => {
      if (event instanceof ToggleEvent && event.newState === 'open') place();
    };
    const replace = (): void => {
      if (popover.matches(':popover-open')) place();
    };
    popover.addEventListener('toggle', follow);
    addEventListener('resize', replace);
    // What it holds may come later, or change.
    const sizes = new ResizeObserver(replace);
    sizes.observe(popover);
    return () => {
      sizes.disconnect();
      popover.removeEventListener('toggle', follow);
      removeEventListener('resize', replace);
    };
  };
}
