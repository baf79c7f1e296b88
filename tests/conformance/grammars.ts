import type { Grammar } from '../support/random-programs.ts';
export const grammars: Readonly<Record<string, Grammar>> = {};
