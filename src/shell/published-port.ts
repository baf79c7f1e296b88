/** A port of the machine that leads into a container, as docker-proxy makes it. */
import type { ByteString } from '../base/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { Listener } from './machine-door.ts';
import type { Network } from './network.ts';
import type { ProcessTable } from './process-table.ts';
import type { Process } from './process.ts';

export function publishPort(
  table: ProcessTable,
  process: Process,
  port: number,
  container: string,
  target: number,
): 'published' | 'main-server' | 'in-use' {
  const { network, servers } = table.ports;
  const proxy = new PublishedPort(network, container, target);
  if (!network.listen('host', port, proxy))
    return servers.mainPid() !== null && network.isMain(port) ? 'main-server' : 'in-use';
  const waiter = {
    retry: () => {
      if (process.exit !== null && process.waiters.delete(waiter)) network.unlisten(proxy);
    },
  };
  process.waiters.add(waiter);
  return 'published';
}

class PublishedPort implements Listener {
  private readonly network: Network;
  private readonly container: string;
  private readonly target: number;
  private readonly connections = new Map<number, { to: Listener; as: number } | null>();
  private next = 1;

  constructor(network: Network, container: string, target: number) {
    this.network = network;
    this.container = container;
    this.target = target;
  }

  /** What listens nowhere in the container is accepted all the same, and closed when something is said. */
  connect(deliver: (reply: Reply | null) => void): number {
    const number = this.next++;
    const to = this.network.find(this.container, 'localhost', this.target);
    this.connections.set(number, to === undefined ? null : { to, as: to.connect(deliver) });
    this.closers.set(number, () => deliver(null));
    return number;
  }
  private readonly closers = new Map<number, () => void>();

  receive(connection: number, argv: readonly ByteString[]): void {
    const one = this.connections.get(connection);
    if (one === null) this.closers.get(connection)?.();
    else one?.to.receive(one.as, argv);
  }

  disconnect(connection: number): void {
    const one = this.connections.get(connection);
    this.connections.delete(connection);
    this.closers.delete(connection);
    one?.to.disconnect(one.as);
  }
}
