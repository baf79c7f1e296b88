import { CliConnection } from './cli-connection.ts';
import type { RedisCliPorts } from './redis-cli-ports.ts';

/** The connections of one console: the one in use, and those that wait for it to come back, each as it was left. */
export class CliPlaces {
  readonly #ports: RedisCliPorts;
  readonly #newConnection: () => CliConnection;
  readonly #known = new Map<string, CliConnection>();
  #current: CliConnection;
  #name: string;

  constructor(ports: RedisCliPorts, print: (text: string) => void, host: string, port: number) {
    this.#ports = ports;
    this.#newConnection = () => new CliConnection(ports, print, host, port);
    this.#current = this.#newConnection();
    this.#name = this.#wanted();
  }

  get current(): CliConnection {
    return this.#current;
  }

  /** As `ports.place` named it; empty before the lab has named its machines. */
  get name(): string {
    return this.#name;
  }

  /** `ports.place` names another connection than the one in use. */
  isElsewhere(): boolean {
    const wanted = this.#wanted();
    return wanted !== '' && wanted !== this.#name;
  }

  /** Leaves the connection with its database and its open transaction, and takes up the one that is wanted. */
  async go(): Promise<void> {
    if (!this.isElsewhere()) return;
    const from = this.#name;
    this.#name = this.#wanted();
    // Before the machines had names there was one place only, which this one is.
    if (from === '') return;
    this.#known.set(from, this.#current);
    const known = this.#known.get(this.#name);
    this.#current = known ?? this.#newConnection();
    if (known === undefined) await this.#current.connect();
  }

  #wanted(): string {
    return this.#ports.place?.() ?? '';
  }
}
