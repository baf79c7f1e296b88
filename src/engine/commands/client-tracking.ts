/** CLIENT TRACKING and its like, CLIENT PAUSE. https://redis.io/docs/latest/develop/reference/client-side-caching/ */
import { ascii, type ByteString } from '../../base/bytes.ts';
import { int64Argument, is, millisTimeout, syntaxError } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import { errors, overlappingPrefixes, ReplyError, unknownSubcommandOrArity } from '../errors.ts';
import { endPause, pauseClients } from '../pause.ts';
import { bulk, integer, map, OK, setOf } from '../replies.ts';
import {
  disableTracking,
  enableTracking,
  trackingFacts,
  type ClientTracking,
} from '../tracking.ts';

export const clientTrackingCommands: Handlers = {
  'client|tracking'(ctx, argv) {
    const options = trackingOptions(ctx, argv);
    if (is(argv[2], 'OFF')) {
      disableTracking(ctx.state, ctx.client);
      return OK;
    }
    if (!is(argv[2], 'ON')) syntaxError();
    const mode = checkedMode(ctx.client.tracking, options);
    if (mode === 'broadcast') checkPrefixes(ctx.client.tracking, options.prefixes);
    const { noLoop, redirect, prefixes } = options;
    enableTracking(ctx.state, ctx.client, { mode, noLoop, redirect }, prefixes);
    return OK;
  },

  'client|caching'(ctx, argv) {
    const { tracking } = ctx.client;
    if (tracking === null) throw new ReplyError(errors.cachingWithoutTracking);
    if (is(argv[2], 'YES')) {
      if (tracking.mode !== 'optin') throw new ReplyError(errors.cachingYes);
    } else if (is(argv[2], 'NO')) {
      if (tracking.mode !== 'optout') throw new ReplyError(errors.cachingNo);
    } else syntaxError();
    tracking.caching = true;
    return OK;
  },

  'client|getredir': (ctx) => integer(trackingFacts(ctx.client.tracking).redirect),

  'client|trackinginfo'(ctx) {
    const { flags, redirect, prefixes } = trackingFacts(ctx.client.tracking);
    return map([
      [bulk(ascii('flags')), setOf(flags.map((flag) => ascii(flag)))],
      [bulk(ascii('redirect')), integer(redirect)],
      [bulk(ascii('prefixes')), prefixes],
    ]);
  },

  'client|pause'(ctx, argv) {
    if (argv.length > 4) throw new ReplyError(unknownSubcommandOrArity('client', argv[1]!));
    let what: 'all' | 'write' = 'all';
    if (argv[3] !== undefined) {
      if (is(argv[3], 'WRITE')) what = 'write';
      else if (!is(argv[3], 'ALL')) throw new ReplyError(errors.pauseMode);
    }
    pauseClients(ctx.state, what, millisTimeout(argv[2]!, ctx.nowMs) ?? ctx.now);
    return OK;
  },

  'client|unpause'(ctx) {
    endPause(ctx.state);
    return OK;
  },
};

interface TrackingOptions {
  redirect: number;
  broadcast: boolean;
  optin: boolean;
  optout: boolean;
  noLoop: boolean;
  readonly prefixes: ByteString[];
}

function trackingOptions(ctx: Context, argv: readonly ByteString[]): TrackingOptions {
  const options: TrackingOptions = {
    redirect: 0,
    broadcast: false,
    optin: false,
    optout: false,
    noLoop: false,
    prefixes: [],
  };
  for (let i = 3; i < argv.length; i++) {
    const more = i + 1 < argv.length;
    if (is(argv[i], 'REDIRECT') && more) {
      if (options.redirect !== 0) throw new ReplyError(errors.redirectTwice);
      options.redirect = Number(int64Argument(argv[++i]!));
      if (!ctx.state.sessions.has(options.redirect)) throw new ReplyError(errors.redirectUnknown);
    } else if (is(argv[i], 'BCAST')) options.broadcast = true;
    else if (is(argv[i], 'OPTIN')) options.optin = true;
    else if (is(argv[i], 'OPTOUT')) options.optout = true;
    else if (is(argv[i], 'NOLOOP')) options.noLoop = true;
    else if (is(argv[i], 'PREFIX') && more) options.prefixes.push(argv[++i]!);
    else syntaxError();
  }
  return options;
}

/** Options have to fit each other, and what the client has chosen before. */
function checkedMode(
  before: ClientTracking | null,
  { broadcast, optin, optout, prefixes }: TrackingOptions,
): ClientTracking['mode'] {
  if (!broadcast && prefixes.length > 0) throw new ReplyError(errors.prefixWithoutBroadcast);
  if (before !== null && (before.mode === 'broadcast') !== broadcast)
    throw new ReplyError(errors.switchBroadcast);
  if (broadcast && (optin || optout)) throw new ReplyError(errors.broadcastOptions);
  if (optin && optout) throw new ReplyError(errors.optinOptout);
  if ((optin && before?.mode === 'optout') || (optout && before?.mode === 'optin'))
    throw new ReplyError(errors.switchOptin);
  return broadcast ? 'broadcast' : optin ? 'optin' : optout ? 'optout' : 'default';
}

/** A key would be told of twice if one prefix began with another. */
function checkPrefixes(before: ClientTracking | null, prefixes: readonly ByteString[]): void {
  const overlaps = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);
  for (const [i, prefix] of prefixes.entries()) {
    const old = [...(before?.prefixes ?? [])].find((known) => overlaps(known, prefix));
    if (old !== undefined) throw new ReplyError(overlappingPrefixes(prefix, 'an existing', old));
    const other = prefixes.slice(i + 1).find((each) => overlaps(each, prefix));
    if (other !== undefined)
      throw new ReplyError(overlappingPrefixes(prefix, 'another provided', other));
  }
}
