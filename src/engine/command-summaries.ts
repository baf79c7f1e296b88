/** What each command does, in a sentence of ours: COMMAND DOCS, HELP, and the pages made from them. */
export const commandSummaries: Readonly<Record<string, string>> = {};
