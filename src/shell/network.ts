/** Which server listens where: on the machine, and in each container. */
import type { Listener } from './machine-door.ts';

export class Network {
  private readonly listeners = new Map<string, Listener>();
  /** The lab's own server, at its own port. */
  private readonly main: () => { readonly port: number; readonly listener: Listener } | undefined;

  constructor(main: () => { readonly port: number; readonly listener: Listener } | undefined) {
    this.main = main;
  }

  /** False: the address is in use. */
  listen(network: string, port: number, listener: Listener): boolean {
    if (this.at(network, port) !== undefined) return false;
    this.listeners.set(`${network}:${port}`, listener);
    return true;
  }

  unlisten(listener: Listener): void {
    for (const [place, one] of this.listeners) if (one === listener) this.listeners.delete(place);
  }

  /** Whether the lab's own server has that port of the machine. */
  isMain(port: number): boolean {
    return this.main()?.port === port;
  }

  /** Nobody listens beside the lab's own server. */
  get isSilent(): boolean {
    return this.listeners.size === 0;
  }

  powerOff(): void {
    this.listeners.clear();
  }

  /** A host name is the machine itself, or a container by its name. */
  find(network: string, host: string, port: number): Listener | undefined {
    const here = ['127.0.0.1', 'localhost', '0.0.0.0', '::1', ''].includes(host);
    if (here) return this.at(network, port);
    if (['host.docker.internal', '172.17.0.1'].includes(host)) return this.at('host', port);
    return this.at(`container:${host}`, port);
  }

  private at(network: string, port: number): Listener | undefined {
    if (network === 'host') {
      const main = this.main();
      if (main?.port === port) return main.listener;
    }
    return this.listeners.get(`${network}:${port}`);
  }
}
