/** F6: the panes of the page in their order, each entered where the keyboard is of use in it. */
export function focusPane(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.offsetParent !== null,
  );
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const start = here === -1 && by === -1 ? 0 : here;
  const pane = panes.at((start + by) % panes.length);
  const inside = pane?.querySelector<HTMLElement>(
    '.xterm-helper-textarea, [role=grid], [role=log]',
  );
  (inside ?? pane)?.focus();
}
