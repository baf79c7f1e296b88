/** Goes on with a script, and with the transaction that it is a part of. */
import type { Reply } from '../../resp/reply.ts';
import { runQueue, took } from '../commands/transactions.ts';
import type { Context } from '../context.ts';
import type { Outcome } from '../effects.ts';
import type { RunningScript } from '../scripting-state.ts';
import { continueScript } from './script-runner.ts';

/** Whether the command of that name runs a script or a function. */
export function isScript(name: string): boolean {
  return name.startsWith('eval') || name.startsWith('fcall');
}

/** For about `budget` instructions; the reply to the client's command if that has come to its end. */
export function progress(ctx: Context, running: RunningScript, budget: number): Reply | undefined {
  const reply = continueScript(ctx, running, budget);
  const { transaction } = running;
  if (reply === undefined || transaction === null) return reply;
  took(ctx, transaction, reply);
  return runQueue(ctx, transaction);
}

/** What a script that has not ended did until now stays with it, and its client waits. */
export function pausedScript(ctx: Context, running: RunningScript): Outcome {
  const { pending, requests } = ctx.state.scripting.running ?? running;
  ctx.client.blocked = { reason: 'server' };
  pending.push(...ctx.pending.splice(0));
  requests.push(...ctx.requests.splice(0));
  return { replies: ctx.served.splice(0), units: [], request: null };
}

/** The client of the script is the one at work again, at the time at which the script began. */
export function resumeScript(ctx: Context, running: RunningScript): void {
  const { session, typed, startedAt, pending, requests } = running;
  session.blocked = null;
  ctx.client = session;
  ctx.argv = typed;
  ctx.now = startedAt;
  ctx.nowMs = Math.floor(startedAt / 1000);
  ctx.effects = true;
  ctx.db = ctx.state.databases[session.db]!;
  ctx.pending.push(...pending.splice(0));
  ctx.requests.push(...requests.splice(0));
}

const SLICE = 1_000_000;

/** Runs the script at hand, if there is one, without a pause. */
export function toItsEnd(ctx: Context): Reply | undefined {
  const { scripting } = ctx.state;
  let reply: Reply | undefined;
  while (reply === undefined && scripting.running !== null)
    reply = progress(ctx, scripting.running, SLICE);
  return reply;
}
