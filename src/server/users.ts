/** The users of the ACL file, and of redis.conf: at the start, ACL LOAD and ACL SAVE (acl.c). */
import { bytesOf, byteStringOf, type ByteString } from '../base/bytes.ts';
import { dropClientsOf, setDefaultPassword } from '../engine/acl/accounts.ts';
import { aclFileText, addUserLines, readAclFile } from '../engine/acl/acl-file.ts';
import { DEFAULT_USER, describeUser, sortedNames } from '../engine/acl/users.ts';
import type { EngineState } from '../engine/engine-state.ts';
import { aclFileErrors } from '../engine/acl/acl-errors.ts';
import { errors } from '../engine/errors.ts';
import { error, OK } from '../engine/replies.ts';
import type { ClientId } from '../engine/session.ts';
import type { PlanOutcome } from '../machine/plan.ts';
import { errnoText } from '../machine/syscall.ts';
import type { Core } from './core.ts';
import { directiveText, type DirectiveValues } from './directives.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';

const WHOLE_FILE = 0x7fff_ffff;

/** What redis.conf says of users: `requirepass`, and then the `user` lines. */
export function configureUsers(
  engine: EngineState,
  directives: DirectiveValues,
  { aclPubsubDefault }: Settings,
): void {
  setDefaultPassword(engine, directiveText(directives, 'requirepass'));
  addUserLines(engine.users, directives.users, aclPubsubDefault);
}

/** The lines that CONFIG REWRITE writes; none when users stand in a file of their own. */
export function userLines(engine: EngineState, directives: DirectiveValues): readonly string[] {
  if (directiveText(directives, 'aclfile') !== '') return [];
  return sortedNames(engine.users).map((name) => `user ${describeUser(engine.users.get(name)!)}`);
}

/** `client`: who asked; null: the server starts. */
export function beginLoadUsers(core: Core, client: ClientId | null): void {
  const path = directiveText(core.state.directives, 'aclfile');
  core.begin(
    'main',
    [
      { call: 'open', path, mode: 'read', as: 'acl' },
      { call: 'read', fd: 'acl', length: WHOLE_FILE },
      { call: 'close', fd: 'acl' },
    ],
    { step: 'acl-read', client },
  );
}

export type UsersLoaded = 'loaded' | 'failed';

/** Answers the client that asked for it. */
export function usersRead(
  core: Core,
  { client }: Extract<Step, { step: 'acl-read' }>,
  outcome: PlanOutcome,
): UsersLoaded {
  const { state } = core;
  const path = directiveText(state.directives, 'aclfile');
  const read = outcome.results[1];
  const loaded =
    outcome.ok && read?.ok === true
      ? readAclFile(
          byteStringOf(read.bytes ?? new Uint8Array()),
          path,
          state.settings.aclPubsubDefault,
        )
      : {
          ok: false as const,
          errors: `Error loading ACLs, opening file '${path}': ${errnoText[outcome.ok ? 'EIO' : outcome.errno]}`,
        };
  if (!loaded.ok) {
    core.answer(client, error(aclFileErrors(loaded.errors)));
    if (client !== null) return 'failed';
    core.log('warning', `Aborting Redis startup because of ACL errors: ${loaded.errors}`);
    core.die(1);
    return 'failed';
  }
  takeUsers(core, loaded.users, client);
  return 'loaded';
}

/** The clients of all users but the default one have to log in again. */
function takeUsers(core: Core, users: EngineState['users'], client: ClientId | null): void {
  const { engine } = core.state;
  const before: readonly ByteString[] = sortedNames(engine.users);
  engine.users = users;
  core.answer(client, OK);
  for (const name of before) {
    if (name !== DEFAULT_USER) dropClientsOf(core.engine.context, name);
  }
}

/** Written beside the file, and renamed over it. */
export function beginSaveUsers(core: Core, client: ClientId): void {
  const { state } = core;
  const path = directiveText(state.directives, 'aclfile');
  const temp = `${path}.tmp-${state.pid}-${Math.floor(state.now / 1000)}`;
  core.begin(
    'main',
    [
      { call: 'open', path: temp, mode: 'truncate', as: 'temp' },
      { call: 'write', fd: 'temp', bytes: bytesOf(aclFileText(state.engine.users)) },
      { call: 'fsync', fd: 'temp' },
      { call: 'close', fd: 'temp' },
      { call: 'rename', from: temp, to: path },
      {
        call: 'open',
        path: path.slice(0, path.lastIndexOf('/') + 1) || '.',
        mode: 'directory',
        as: 'directory',
      },
      { call: 'fdatasync', fd: 'directory' },
      { call: 'close', fd: 'directory' },
    ],
    { step: 'acl-written', client },
  );
}

export function usersWritten(
  core: Core,
  { client }: Extract<Step, { step: 'acl-written' }>,
  outcome: PlanOutcome,
): void {
  if (outcome.ok) return core.answer(client, OK);
  core.log('warning', `Writing ACL file for ACL SAVE: ${errnoText[outcome.errno]}`);
  core.answer(client, error(errors.aclSave));
}
