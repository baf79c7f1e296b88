/** HELP of a command with sub-commands, made of what the table knows of them. */
import { ascii } from '../../base/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { commandSummaries } from '../command-summaries.ts';
import type { ArgumentFacts, CommandFacts, Handler } from '../command.ts';
import { array, status } from '../replies.ts';

/** The HELP sub-command of `parent`. */
export function helpOf(parent: string): Handler {
  return (ctx) => {
    const subcommands = [...(ctx.commands.get(parent)?.subcommands.values() ?? [])].map(
      ({ facts }) => facts,
    );
    return helpReply(
      parent,
      subcommands
        .filter(({ name }) => !name.endsWith('|help'))
        .map((facts) => [usage(facts), commandSummaries[facts.name] ?? '']),
    );
  };
}

/** As addReplyHelp lays it out: each usage with what it does, then HELP itself. */
export function helpReply(
  parent: string,
  lines: readonly (readonly [usage: string, summary: string])[],
): Reply {
  const name = parent.toUpperCase();
  return array(
    [
      `${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`,
      ...lines.flatMap(([line, summary]) => [line, `    ${summary}`]),
      'HELP',
      '    Print this help.',
    ].map((line) => status(ascii(line))),
  );
}

function usage({ name, arguments: words = [] }: CommandFacts): string {
  const sub = name.slice(name.indexOf('|') + 1).toUpperCase();
  return [sub, ...words.map(argumentSyntax)].join(' ');
}

/** An argument in the notation of the manual: `[NX | XX]`, `key [key ...]`. */
export function argumentSyntax(argument: ArgumentFacts): string {
  const { type, token, flags = [], arguments: parts = [] } = argument;
  let text: string;
  if (type === 'pure-token') text = token ?? argument.name.toUpperCase();
  else {
    const value =
      type === 'oneof'
        ? parts.map(argumentSyntax).join(' | ')
        : type === 'block'
          ? parts.map(argumentSyntax).join(' ')
          : `<${argument.name}>`;
    text =
      token === undefined
        ? type === 'oneof' && !flags.includes('optional')
          ? `<${value}>`
          : value
        : `${token} ${value}`;
  }
  if (flags.includes('multiple')) text = `${text} [${text} ...]`;
  return flags.includes('optional') ? `[${text}]` : text;
}
