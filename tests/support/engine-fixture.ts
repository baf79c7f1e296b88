/** An engine with a test's server around it, and clients that talk to it in texts. */
import { ascii, type ByteString } from '../../src/base/bytes.ts';
import { newGrowableBytes, takenBytes } from '../../src/base/growable-bytes.ts';
import { splitArguments } from '../../src/base/split-arguments.ts';
import type { Micros } from '../../src/base/time.ts';
import type { Delivery, ServerRequest, Unit } from '../../src/engine/effects.ts';
import { newEngineState } from '../../src/engine/engine-state.ts';
import { Engine } from '../../src/engine/engine.ts';
import { newSession, type Session } from '../../src/engine/session.ts';
import { feedReplyBytes, newReplyDecoder, nextReply } from '../../src/resp/reply-decoder.ts';
import { encodeReply } from '../../src/resp/reply-encoder.ts';
import type { Protocol, Reply } from '../../src/resp/reply.ts';
import { newTestPort, type TestPort } from './engine-port.ts';

export interface EngineFixture {
  readonly engine: Engine;
  readonly port: TestPort;
  /** Microseconds since the epoch; tests move it. */
  now: Micros;
  /** What went to the log. */
  readonly units: Unit[];
  readonly requests: ServerRequest[];
  /** What other clients received than the one that ran a command, in its order. */
  readonly others: Delivery[];
  /** Clients by number, made when they first speak. */
  session(client?: number): Session;
  /** Runs one command; the replies that this client gets, after any wait that has an end. */
  run(argv: readonly ByteString[], client?: number): Reply[];
  /** Runs a command as a line in redis-cli's quoting; its only reply. */
  line(text: string, client?: number): Reply;
}

export function newEngineFixture(port: TestPort = newTestPort()): EngineFixture {
  const engine = new Engine(newEngineState(16, 1), port);
  const sessions = new Map<number, Session>();
  const fixture: EngineFixture = {
    engine,
    port,
    now: 1_700_000_000_000_000,
    units: [],
    requests: [],
    others: [],
    session(client = 1) {
      const known = sessions.get(client);
      if (known !== undefined) return known;
      const session = newSession(
        client,
        fixture.now,
        `127.0.0.1:${50000 + client}`,
        '127.0.0.1:6379',
      );
      sessions.set(client, session);
      engine.state.sessions.set(client, session);
      return session;
    },
    run(argv, client = 1) {
      const session = fixture.session(client);
      let outcome = engine.execute(session, argv, fixture.now);
      while (engine.state.scripting.running?.session === session) {
        const next = engine.continueScript(1_000_000);
        outcome = { ...next, replies: [...outcome.replies, ...next.replies] };
      }
      fixture.units.push(...outcome.units);
      if (outcome.request !== null) fixture.requests.push(outcome.request);
      const { blocked } = session;
      const deadline = blocked === null || blocked.reason === 'server' ? null : blocked.deadline;
      const waited = deadline === null ? [] : engine.wake(deadline).replies;
      const again =
        blocked?.reason === 'pause' && session.blocked === null
          ? engine.execute(session, argv, deadline ?? fixture.now)
          : undefined;
      fixture.units.push(...(again?.units ?? []));
      const broadcast = engine.wake(fixture.now).replies;
      const all = [...outcome.replies, ...waited, ...(again?.replies ?? []), ...broadcast];
      fixture.others.push(...all.filter((delivery) => delivery.client !== client));
      return all.filter((delivery) => delivery.client === client).map(({ reply }) => reply);
    },
    line(text, client = 1) {
      const replies = fixture.run(splitLine(text), client);
      if (replies.length !== 1) throw new Error(`${replies.length} replies to ${text}`);
      return replies[0]!;
    },
  };
  return fixture;
}

/** A line as redis-cli reads it. */
export function splitLine(text: string): ByteString[] {
  const argv = splitArguments(ascii(text));
  if (argv === undefined) throw new Error(`unbalanced quotes: ${text}`);
  return argv;
}

/** A reply as a client of that protocol reads it: RESP2 has no maps, sets or doubles. */
export function asRead(reply: Reply, protocol: Protocol): Reply {
  const sink = newGrowableBytes();
  encodeReply(reply, protocol, sink);
  const decoder = newReplyDecoder();
  feedReplyBytes(decoder, takenBytes(sink));
  const decoded = nextReply(decoder);
  if (decoded.kind !== 'reply') throw new Error(`unreadable reply: ${JSON.stringify(reply)}`);
  return decoded.reply;
}
