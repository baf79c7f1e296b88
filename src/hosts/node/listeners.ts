/** Listening on TCP addresses and on a Unix socket (`bind`, `port`, `unixsocket`), before the data set is loaded. */
import fs from 'node:fs';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { directiveText, type DirectiveValues } from '../../server/directives.ts';
import { rawPath } from './configuration.ts';

/** `local`: the client runs on this machine. */
export type Accept = (
  socket: Socket,
  address: string,
  localAddress: string,
  local: boolean,
) => void;

/** Why the server cannot start: lines for its log. */
export type ListenProblem = readonly string[];

const MILLIS_PER_SECOND = 1000;
/** The address family is not there on this machine: no reason to fail for an optional address. */
const NO_SUCH_FAMILY = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'ENOPROTOOPT'];
const bindProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EACCES: 'Permission denied',
  ENOENT: 'No such file or directory',
  EINVAL: 'Invalid argument',
};

export class Listeners {
  private readonly directives: DirectiveValues;
  private readonly accept: Accept;
  private tcp: NetServer[] = [];

  constructor(directives: DirectiveValues, accept: Accept) {
    this.directives = directives;
    this.accept = accept;
  }

  /** Undefined when everything that was asked for is listened on. */
  async start(): Promise<ListenProblem | undefined> {
    const problem = await this.listenOnAddresses();
    const port = directiveText(this.directives, 'port');
    if (problem !== undefined)
      return [...problem, `Failed listening on port ${port} (tcp), aborting.`];
    if (directiveText(this.directives, 'unixsocket') === '') return undefined;
    return listenOnUnixSocket(this.directives, this.accept);
  }

  /** Listens on the addresses that the directives name now, and on no others; clients that there are stay. */
  async listenOnAddresses(): Promise<ListenProblem | undefined> {
    const { directives } = this;
    for (const server of this.tcp.splice(0)) server.close();
    const port = Number(directiveText(directives, 'port'));
    for (const address of port === 0 ? [] : addresses(directives)) {
      const problem = await listenOn(newServer(directives, this.accept), this.tcp, {
        host: hostOf(address),
        port,
        backlog: Number(directiveText(directives, 'tcp-backlog')),
        ipv6Only: true,
      });
      if (problem === undefined) continue;
      if (address.startsWith('-') && NO_SUCH_FAMILY.includes(problem.code ?? '')) continue;
      for (const server of this.tcp.splice(0)) server.close();
      const shown = `${address.replace(/^-/, '')}:${port}`;
      return [
        `Warning: Could not create server TCP listening socket ${shown}: ${bindProblem(problem)}`,
      ];
    }
    return undefined;
  }
}

/**
 * Without a `bind` of its own, protected mode would refuse all clients that are not local: so nobody else is listened
 * to in the first place.
 */
function addresses(directives: DirectiveValues): readonly string[] {
  const guarded =
    !directives.given.has('bind') &&
    directiveText(directives, 'protected-mode') === 'yes' &&
    directiveText(directives, 'requirepass') === '';
  if (guarded) return ['127.0.0.1', '-::1'];
  return directiveText(directives, 'bind')
    .split(' ')
    .filter((address) => address !== '');
}

function hostOf(address: string): string {
  const host = address.replace(/^-/, '');
  if (host === '*') return '0.0.0.0';
  return host === '::*' ? '::' : host;
}

function newServer(directives: DirectiveValues, accept: Accept): NetServer {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const seconds = Number(directiveText(directives, 'tcp-keepalive'));
    if (seconds > 0) socket.setKeepAlive(true, seconds * MILLIS_PER_SECOND);
    const remote = socket.remoteAddress ?? '?';
    accept(
      socket,
      endpoint(remote, socket.remotePort),
      endpoint(socket.localAddress ?? '?', socket.localPort),
      remote === '::1' || remote.startsWith('127.'),
    );
  });
}

function endpoint(address: string, port: number | undefined): string {
  return address.includes(':') ? `[${address}]:${port ?? 0}` : `${address}:${port ?? 0}`;
}

async function listenOnUnixSocket(
  directives: DirectiveValues,
  accept: Accept,
): Promise<ListenProblem | undefined> {
  const path = directiveText(directives, 'unixsocket');
  const mode = Number.parseInt(directiveText(directives, 'unixsocketperm'), 8);
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accept(socket, `${path}:0`, `${path}:0`, true);
  });
  fs.rmSync(rawPath(path).toString(), { force: true });
  const problem = await listenOn(server, [], { path: rawPath(path).toString(), backlog: 511 });
  if (problem !== undefined) return [`Failed opening Unix socket: bind: ${inWords(problem)}`];
  if (mode !== 0) fs.chmodSync(rawPath(path), mode);
  return undefined;
}

type Where =
  | { host: string; port: number; backlog: number; ipv6Only: true }
  | { path: string; backlog: number };

function listenOn(
  server: NetServer,
  listening: NetServer[],
  where: Where,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(where, () => {
      server.off('error', resolve);
      // Accepting may fail for want of descriptors; the clients that there are go on.
      server.on('error', () => undefined);
      listening.push(server);
      resolve(undefined);
    });
  });
}

/** A name that nobody knows is found out before there is a socket to bind. */
function bindProblem(error: NodeJS.ErrnoException): string {
  return error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN'
    ? 'Name or service not known'
    : `bind: ${inWords(error)}`;
}

function inWords(error: NodeJS.ErrnoException): string {
  return bindProblems[error.code ?? ''] ?? error.message;
}
