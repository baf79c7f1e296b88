/** Redirections: what a command's descriptors are while it runs. */
import { ascii, concatBytes } from '../../base/bytes.ts';
import type { Redirect } from '../grammar/syntax.ts';
import {
  close,
  complain,
  dup,
  open,
  pipe,
  reasonOf,
  spawn,
  write,
  type OpenWay,
  type Run,
} from '../program.ts';
import { expandText, expandWords, type Substitute } from './expand.ts';
import { messageHead, type ShellState } from './shell-state.ts';

/** What the descriptors were, to be put back. */
export type Saved = readonly { readonly fd: number; readonly kept: number | null }[];

/** Null: one of them failed, which has been said; everything is as it was. */
export function* applyRedirects(
  state: ShellState,
  redirects: readonly Redirect[],
  substitute: Substitute,
  how: 'save' | 'keep',
): Run<Saved | null> {
  const saved: { fd: number; kept: number | null }[] = [];
  for (const redirect of redirects) {
    const fds = targetFds(redirect);
    if (how === 'save') {
      for (const fd of fds) {
        const kept = state.nextSaved++;
        saved.push({ fd, kept: (yield* dup(fd, kept)) ? kept : null });
      }
    } else for (const fd of fds) if (fd > 2) state.openFds.add(fd);
    if (yield* applyOne(state, redirect, fds[0] ?? 0, substitute)) continue;
    yield* restoreStreams(state, saved);
    return null;
  }
  return saved;
}

export function* restoreStreams(state: ShellState, saved: Saved): Run<undefined> {
  for (const { fd, kept } of [...saved].reverse()) {
    if (kept === null) yield* close(fd);
    else {
      yield* dup(kept, fd);
      yield* close(kept);
    }
  }
  if (saved.length > 0) state.nextSaved = 100;
  return undefined;
}

function targetFds({ operator, fd }: Redirect): readonly number[] {
  if (operator === '&>' || operator === '&>>') return [1, 2];
  if (fd !== null) return [fd];
  return operator.startsWith('<') ? [0] : [1];
}

const WAYS: Readonly<Record<string, OpenWay>> = {
  '<': 'read',
  '>': 'truncate',
  '>|': 'truncate',
  '>>': 'append',
  '&>': 'truncate',
  '&>>': 'append',
  '<>': 'write',
  '>&': 'truncate',
};

function* applyOne(
  state: ShellState,
  redirect: Redirect,
  fd: number,
  substitute: Substitute,
): Run<boolean> {
  const { operator, target } = redirect;
  if (operator === '<<' || operator === '<<<') {
    const text = yield* expandText(state, target, substitute);
    yield* hereDocument(fd, operator === '<<<' ? concatBytes(text, ascii('\n')) : text);
    return true;
  }
  const words = yield* expandWords(state, [target], substitute);
  const [word] = words;
  if (word === undefined || words.length !== 1) {
    yield* complain(`${messageHead(state)}${word ?? ''}: ambiguous redirect`);
    return false;
  }
  if ((operator === '>&' || operator === '<&') && (word === '-' || /^\d+$/.test(word))) {
    if (word === '-') {
      yield* close(fd);
      return true;
    }
    if (yield* dup(Number(word), fd)) return true;
    yield* complain(`${messageHead(state)}${word}: Bad file descriptor`);
    return false;
  }
  const opened = yield* open(word, WAYS[operator] ?? 'read', fd);
  if (typeof opened === 'object') {
    yield* complain(`${messageHead(state)}${word}: ${reasonOf(opened.errno)}`);
    return false;
  }
  if (operator === '&>' || operator === '&>>' || (operator === '>&' && fd === 1)) yield* dup(1, 2);
  return true;
}

/** A child writes the text into a pipe, so that it may be longer than the pipe. */
function* hereDocument(fd: number, text: ReturnType<typeof ascii>): Run<undefined> {
  const ends = yield* pipe();
  yield* spawn({
    argv: [ascii('bash')],
    body: function* () {
      yield* write(1, text);
      return 0;
    },
    streams: new Map([[1, ends.write]]),
  });
  yield* close(ends.write);
  yield* dup(ends.read, fd);
  yield* close(ends.read);
  return undefined;
}
