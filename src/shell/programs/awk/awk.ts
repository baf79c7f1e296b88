/** awk, as POSIX has it; messages are mawk's, which is Debian's awk. */
import { ascii, type ByteString } from '../../../base/bytes.ts';
import { complain, print, type ProgramContext, type Run } from '../../program.ts';
import { wholeInput } from '../input.ts';
import { parseAwk } from './awk-parse.ts';
import { AwkSyntaxError, type AwkProgram } from './awk-syntax.ts';
import { AwkError, AwkExit, unescaped } from './awk-arithmetic.ts';
import { AwkRun } from './awk-run.ts';
import { readText } from './awk-values.ts';

export function* awk({ argv, env }: ProgramContext): Run {
  const sources: string[] = [];
  const variables: string[] = [];
  let separator: string | null = null;
  let at = 1;
  for (; at < argv.length; at++) {
    const word = argv[at] ?? ascii('');
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const letter = word.charAt(1);
    if (word === '--version' || word === '-W') {
      yield* print('mawk 1.3.4 20200120, as this machine has it\n');
      return 0;
    }
    if (letter !== 'F' && letter !== 'v' && letter !== 'f') {
      yield* complain(`awk: not an option: ${word}`);
      return 2;
    }
    const value: ByteString = word.length > 2 ? ascii(word.slice(2)) : (argv[++at] ?? ascii(''));
    if (letter === 'F') separator = value;
    else if (letter === 'v') variables.push(value);
    else {
      const text = yield* wholeInput('awk', value);
      if (text === undefined) return 2;
      sources.push(text);
    }
  }
  if (sources.length === 0) {
    const source = argv[at++];
    if (source === undefined) {
      yield* complain('Usage: mawk [Options] [Program] [file ...]');
      return 0;
    }
    sources.push(source);
  }
  const program = parsed(sources.join('\n'));
  if (typeof program === 'string') {
    yield* complain(`awk: ${program}`);
    return 2;
  }
  const run = new AwkRun(program, [ascii('awk'), ...argv.slice(at)], env);
  if (separator !== null)
    run.variables.setGlobal('FS', separator === 't' ? '\t' : unescaped(separator));
  for (const variable of variables) {
    const equals = variable.indexOf('=');
    run.variables.setGlobal(
      variable.slice(0, equals),
      readText(unescaped(variable.slice(equals + 1))),
    );
  }
  try {
    return yield* run.main();
  } catch (failure) {
    if (failure instanceof AwkExit) return run.status;
    if (!(failure instanceof AwkError)) throw failure;
    yield* run.world.closeAll();
    yield* complain(`awk: ${failure.message}`);
    return 2;
  }
}

function parsed(source: string): AwkProgram | string {
  try {
    return parseAwk(source);
  } catch (failure) {
    if (!(failure instanceof AwkSyntaxError)) throw failure;
    return `line ${failure.line}: syntax error at or near ${failure.near}`;
  }
}
