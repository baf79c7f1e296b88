/** What the learner has chosen in the log pane. The head, which may stand in another bar, shares it. */
export class LogState {
  filter = $state('');
  follow = $state(true);
  hex = $state(false);
  /** The row of the selected record, or null. */
  selected = $state<number | null>(null);
  /** The selected record is shown in full. */
  open = $state(false);

  /** Leaves nothing of an earlier run. */
  reset(): void {
    this.filter = '';
    this.follow = true;
    this.selected = null;
    this.open = false;
  }
}
