import { utf8Encode } from '../base/bytes.ts';
import type { ByteString } from '../base/bytes.ts';
import {
  afterConnect,
  afterDisconnect,
  afterReply,
  afterRetarget,
  connectionTo,
} from '../cli/prompt.ts';
import type { ConnectionState } from '../cli/prompt.ts';
import { couldNotConnect, selectFailed } from '../cli/texts.ts';
import type { Protocol, Reply } from '../resp/reply.ts';
import type { RedisCliPorts } from './redis-cli-ports.ts';

/** The client's side of its connection: made, lost, made again in the database that was asked for last. */
export class CliConnection {
  readonly #ports: Pick<RedisCliPorts, 'connect' | 'send' | 'disconnect'>;
  readonly #print: (text: string) => void;
  #state: ConnectionState;
  /** The server went away while nobody waited for it. */
  #stale = false;

  constructor(
    ports: Pick<RedisCliPorts, 'connect' | 'send' | 'disconnect'>,
    print: (text: string) => void,
    host: string,
    port: number,
  ) {
    this.#ports = ports;
    this.#print = print;
    this.#state = connectionTo(host, port);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Makes a connection. What stands in the way is printed. */
  async connect(): Promise<boolean> {
    const { host, port } = this.#state;
    const result = await this.#ports.connect(host, port);
    this.#stale = false;
    if (result.kind === 'refused') {
      this.refused(result.reason);
      return false;
    }
    this.#state = afterConnect(this.#state);
    await this.selectWanted();
    return true;
  }

  /**
   * Sees to it that a command can be sent. A connection that the server closed while nobody was looking is made
   * anew without a word: redis-cli 7.2 would lose this one command to "Server closed the connection".
   */
  async ensure(): Promise<boolean> {
    if (this.#stale) this.lose();
    return this.#state.connected || this.connect();
  }

  /** Drops the connection and makes another: the only way to take back a command that waits. */
  async reconnect(): Promise<void> {
    this.#ports.disconnect();
    this.#state = afterDisconnect(this.#state);
    await this.connect();
  }

  async retarget(host: string, port: number): Promise<void> {
    this.#ports.disconnect();
    this.#state = afterRetarget(this.#state, host, port);
    await this.connect();
  }

  /** As a redis-cli that is started anew. */
  async restart(): Promise<void> {
    this.#ports.disconnect();
    this.#state = connectionTo(this.#state.host, this.#state.port);
    await this.connect();
  }

  /** The server is gone, but the prompt says so only when the next command finds out. */
  expire(): void {
    this.#stale = this.#state.connected;
  }

  lose(): void {
    this.#stale = false;
    this.#state = afterDisconnect(this.#state);
  }

  refused(reason: string | undefined): void {
    this.lose();
    this.#print(couldNotConnect(this.#state.host, this.#state.port, reason));
  }

  noteReply(argv: readonly ByteString[], reply: Reply): void {
    this.#state = afterReply(this.#state, argv, reply);
  }

  /** HELLO's own answer comes in the protocol that it has chosen. */
  protocolOf(argv: readonly ByteString[], reply: Reply): Protocol {
    return afterReply(this.#state, argv, reply).protocol;
  }

  async selectWanted(): Promise<void> {
    const { db, wantedDb } = this.#state;
    if (db === wantedDb) return;
    const argv = [utf8Encode('SELECT'), utf8Encode(String(wantedDb))];
    const result = await this.#ports.send(argv);
    const [reply] = result.kind === 'replies' ? result.replies : [];
    if (reply === undefined) return;
    if (reply.type === 'error') this.#print(selectFailed(wantedDb, reply.value));
    this.noteReply(argv, reply);
  }
}
