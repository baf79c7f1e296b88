import { readFileSync, readdirSync } from 'node:fs';
import { readCases, type Case } from './read-cases.ts';
import { systematicCases } from './systematic-cases.ts';

const folder = new URL('./cases/', import.meta.url);

/** Those that somebody wrote down, from cases/GROUP.txt. */
export function writtenCases(): Case[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .flatMap((file) =>
      readCases(file.slice(0, -'.txt'.length), readFileSync(new URL(file, folder), 'utf8')),
    );
}

export function allCases(): Case[] {
  return [...writtenCases(), ...systematicCases()];
}
