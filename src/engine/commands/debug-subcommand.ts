/** What a sub-command of DEBUG is: they stand in no table of facts. */
import type { Handler } from '../command.ts';

export interface DebugSubcommand {
  readonly usage: string;
  readonly summary: string;
  /** Whether there are as many words, DEBUG and its sub-command included, as it takes. */
  readonly fits: (words: number) => boolean;
  readonly run: Handler;
}

export const exactly = (words: number) => (given: number) => given === words;
export const atLeast = (words: number) => (given: number) => given >= words;
export const between = (least: number, most: number) => (given: number) =>
  given >= least && given <= most;

/** With the name under which it is found. */
export function subcommand(
  usage: string,
  summary: string,
  fits: DebugSubcommand['fits'],
  run: Handler,
): [string, DebugSubcommand] {
  return [usage.split(' ')[0]!.toLowerCase(), { usage, summary, fits, run }];
}
