/** tar's command line: old letters, short and long options; -C counts for the words behind it. */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { joinPath } from './input.ts';

export interface TarPlan {
  mode: 'c' | 'x' | 't' | null;
  gzip: boolean;
  file: ByteString | null;
  verbose: number;
  /** Where the words that follow stand; null: where tar was started. */
  readonly words: { readonly word: ByteString; readonly folder: ByteString | null }[];
  folder: ByteString | null;
  toStdout: boolean;
}

export function tarPlanOf(words: readonly ByteString[]): TarPlan | string {
  const plan: TarPlan = {
    mode: null,
    gzip: false,
    file: null,
    verbose: 0,
    words: [],
    folder: null,
    toStdout: false,
  };
  const left = [...words];
  const [first] = left;
  if (first !== undefined && !first.startsWith('-')) {
    left.shift();
    for (const letter of first) {
      const problem = takeLetter(plan, letter, () => left.shift(), 'old');
      if (problem !== undefined) return problem;
    }
  }
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word.startsWith('--')) {
      const problem = takeLong(plan, word, () => left.shift());
      if (problem !== undefined) return problem;
    } else if (word.startsWith('-') && word.length > 1) {
      for (let at = 1; at < word.length; at++) {
        const rest = word.slice(at + 1);
        let usesRest = false;
        const problem = takeLetter(
          plan,
          word.charAt(at),
          () => {
            usesRest = rest !== '';
            return usesRest ? ascii(rest) : left.shift();
          },
          'new',
        );
        if (problem !== undefined) return problem;
        if (usesRest) break;
      }
    } else plan.words.push({ word, folder: plan.folder });
  }
  return plan;
}

function takeLetter(
  plan: TarPlan,
  letter: string,
  value: () => ByteString | undefined,
  style: 'old' | 'new',
): string | undefined {
  switch (letter) {
    case 'c':
    case 'x':
    case 't':
      if (plan.mode !== null && plan.mode !== letter)
        return "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option";
      plan.mode = letter;
      return undefined;
    case 'z':
      plan.gzip = true;
      return undefined;
    case 'v':
      plan.verbose++;
      return undefined;
    case 'O':
      plan.toStdout = true;
      return undefined;
    case 'p':
    case 'k':
      return undefined;
    case 'f':
    case 'C': {
      const given = value();
      if (given === undefined)
        return style === 'old'
          ? `Old option '${letter}' requires an argument.`
          : `option requires an argument -- '${letter}'`;
      if (letter === 'f') plan.file = given === '-' ? null : given;
      else
        plan.folder =
          plan.folder === null || given.startsWith('/') ? given : joinPath(plan.folder, given);
      return undefined;
    }
    default:
      return `invalid option -- '${letter}'`;
  }
}

function takeLong(
  plan: TarPlan,
  word: string,
  next: () => ByteString | undefined,
): string | undefined {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  const letter = {
    '--create': 'c',
    '--extract': 'x',
    '--get': 'x',
    '--list': 't',
    '--gzip': 'z',
    '--gunzip': 'z',
    '--verbose': 'v',
    '--file': 'f',
    '--directory': 'C',
    '--to-stdout': 'O',
  }[name];
  if (letter === undefined) return `unrecognized option '${word}'`;
  return takeLetter(
    plan,
    letter,
    () => (equals < 0 ? next() : ascii(word.slice(equals + 1))),
    'new',
  );
}
