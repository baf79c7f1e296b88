/** if, for, while, case and their like; how their bodies run, run.ts says. */
import type { Command, Script, Word } from '../grammar/syntax.ts';
import { complain, work, type Run } from '../program.ts';
import { evaluate } from './arithmetic.ts';
import { expandPattern, expandText, expandWords, type Substitute } from './expand.ts';
import { patternMatches } from './pattern.ts';
import { messageHead, setVariable, type ShellState } from './shell-state.ts';
import { evaluateTest } from './test-command.ts';

/** What one round of a loop takes of the processor. */
const ROUND_MICROS = 20;

/** How a script runs, and how it is put in for `$( … )`. */
export interface Runner {
  readonly script: (state: ShellState, script: Script) => Run;
  readonly substitute: Substitute;
}

export type Compound = Exclude<Command, { command: 'simple' | 'function' | 'subshell' }>;

export function* runCompound(
  runner: Runner,
  state: ShellState,
  command: Exclude<Compound, { command: 'subshell' }>,
): Run {
  switch (command.command) {
    case 'group':
      return yield* runner.script(state, command.body);
    case 'if':
      for (const { condition, body } of command.branches) {
        if ((yield* runTested(runner, state, condition)) === 0 && state.flow === null)
          return yield* runner.script(state, body);
        if (state.flow !== null) return state.status;
      }
      return command.otherwise === null ? 0 : yield* runner.script(state, command.otherwise);
    case 'loop':
      return yield* inLoop(state, runLoop(runner, state, command));
    case 'for':
      return yield* inLoop(state, runFor(runner, state, command));
    case 'count':
      return yield* inLoop(state, runCount(runner, state, command));
    case 'case':
      return yield* runCase(runner, state, command);
    case 'arithmetic': {
      const text = yield* expandText(state, command.expression, runner.substitute);
      const result = evaluate(state, text.trim());
      if (!result.ok) yield* complain(`${messageHead(state)}((: ${result.error}`);
      return result.ok && result.value !== 0n ? 0 : 1;
    }
    case 'test': {
      return yield* evaluateTest(state, command.words, runner.substitute);
    }
    default:
      return 1;
  }
}

function* inLoop(state: ShellState, loop: Run): Run {
  state.loops++;
  const status = yield* loop;
  state.loops--;
  return status;
}

/** A condition: `set -e` does not look at it. */
function* runTested(runner: Runner, state: ShellState, script: Script): Run {
  state.tested++;
  const status = yield* runner.script(state, script);
  state.tested--;
  return status;
}

/** After the body of a loop: whether the loop goes on. */
function loopGoesOn(state: ShellState): boolean {
  const { flow } = state;
  if (flow === null) return true;
  if (flow.flow !== 'break' && flow.flow !== 'continue') return false;
  if (flow.levels > 1) {
    state.flow = { ...flow, levels: flow.levels - 1 };
    return false;
  }
  state.flow = null;
  return flow.flow === 'continue';
}

function* runLoop(
  runner: Runner,
  state: ShellState,
  loop: Extract<Command, { command: 'loop' }>,
): Run {
  let status = 0;
  for (;;) {
    const condition = yield* runTested(runner, state, loop.condition);
    if (state.flow !== null && !loopGoesOn(state)) return state.status;
    if ((condition === 0) === (loop.until === 'true')) return status;
    status = yield* runner.script(state, loop.body);
    if (!loopGoesOn(state)) return state.flow === null ? 0 : state.status;
    yield* work(ROUND_MICROS);
  }
}

function* runFor(
  runner: Runner,
  state: ShellState,
  loop: Extract<Command, { command: 'for' }>,
): Run {
  const words =
    loop.words === null
      ? state.positional
      : yield* expandWords(state, loop.words, runner.substitute);
  let status = 0;
  for (const word of words) {
    setVariable(state, loop.name, word);
    status = yield* runner.script(state, loop.body);
    if (!loopGoesOn(state)) return state.flow === null ? 0 : state.status;
    yield* work(ROUND_MICROS);
  }
  return status;
}

function* runCount(
  runner: Runner,
  state: ShellState,
  loop: Extract<Command, { command: 'count' }>,
): Run {
  const value = function* (word: Word, missing: bigint): Run<bigint> {
    const text = (yield* expandText(state, word, runner.substitute)).trim();
    if (text === '') return missing;
    const result = evaluate(state, text);
    if (result.ok) return result.value;
    yield* complain(`${messageHead(state)}((: ${result.error}`);
    return 0n;
  };
  let status = 0;
  yield* value(loop.first, 1n);
  while ((yield* value(loop.condition, 1n)) !== 0n) {
    status = yield* runner.script(state, loop.body);
    if (!loopGoesOn(state)) return state.flow === null ? 0 : state.status;
    yield* value(loop.next, 1n);
    yield* work(ROUND_MICROS);
  }
  return status;
}

function* runCase(
  runner: Runner,
  state: ShellState,
  command: Extract<Command, { command: 'case' }>,
): Run {
  const text = yield* expandText(state, command.word, runner.substitute);
  for (const { patterns, body } of command.branches) {
    for (const pattern of patterns) {
      if (patternMatches(yield* expandPattern(state, pattern, runner.substitute), text))
        return yield* runner.script(state, body);
    }
  }
  return 0;
}
