/** An argument or a state that does not allow what was asked. */
export class Refusal extends Error {}
