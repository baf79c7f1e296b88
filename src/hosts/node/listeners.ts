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

/** Undefined when everything that was asked for is listened on. */
export async function listen(
  directives: DirectiveValues,
  accept: Accept,
): Promise<ListenProblem | undefined> {
  const text = (name: string): string => directiveText(directives, name);
  const port = Number(text('port'));
  const listening: NetServer[] = [];
  for (const address of port === 0 ? [] : addresses(directives)) {
    const problem = await listenOn(newServer(directives, accept), listening, {
      host: hostOf(address),
      port,
      backlog: Number(text('tcp-backlog')),
      ipv6Only: true,
    });
    if (problem === undefined) continue;
    if (address.startsWith('-') && NO_SUCH_FAMILY.includes(problem.code ?? '')) continue;
    for (const server of listening) server.close();
    const shown = address.replace(/^-/, '');
    return [
      `Warning: Could not create server TCP listening socket ${shown}:${port}: bind: ${inWords(problem)}`,
      `Failed listening on port ${port} (tcp), aborting.`,
    ];
  }
  return text('unixsocket') === '' ? undefined : listenOnUnixSocket(directives, accept);
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

function inWords(error: NodeJS.ErrnoException): string {
  return bindProblems[error.code ?? ''] ?? error.message;
}
