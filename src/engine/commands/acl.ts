/** ACL. https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/, acl.c:aclCommand */
import { ascii, lowerCase, type ByteString } from '../../base/bytes.ts';
import { nextUint32 } from '../../base/random.ts';
import type { Reply } from '../../resp/reply.ts';
import { dropClientsOf, dropListeners } from '../acl/accounts.ts';
import { categories, factsByName } from '../acl/command-names.ts';
import { denialOf } from '../acl/permissions.ts';
import { applyRule, hasBlanks, mergeSelectors } from '../acl/rules.ts';
import {
  channelsText,
  commandsText,
  copyUser,
  DEFAULT_USER,
  describeUser,
  keysText,
  newUser,
  sortedNames,
  userFlags,
  type Selector,
} from '../acl/users.ts';
import { int64Argument, integerArgument, is } from '../arguments.ts';
import type { Handlers } from '../command.ts';
import type { Context } from '../context.ts';
import {
  aclModifier,
  denied,
  dryRunCommand,
  dryRunUser,
  unknownAclCategory,
  unmatchedSelector,
} from '../acl/acl-errors.ts';
import { errors, ReplyError, unknownSubcommandOrArity, wrongArity } from '../errors.ts';
import { array, bulk, bulks, double, integer, map, NULL, OK, setOf } from '../replies.ts';
import { helpOf } from './help.ts';
import { later } from './server.ts';

const SHOWN_BY_DEFAULT = 10;
const PASSWORD_BITS = 256;
const MOST_PASSWORD_BITS = 4096;

export const aclCommands: Handlers = {
  'acl|whoami': (ctx) => bulk(ctx.client.user),
  'acl|users': (ctx) => bulks(sortedNames(ctx.state.users)),
  'acl|list': (ctx) =>
    bulks(
      sortedNames(ctx.state.users).map((name) =>
        ascii(`user ${describeUser(ctx.state.users.get(name)!)}`),
      ),
    ),

  'acl|cat'(_ctx, argv) {
    if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('acl', argv[1]!));
    if (argv.length === 2) return bulks(categories.map((name) => ascii(name)));
    const name = lowerCase(argv[2]!);
    if (!categories.includes(name)) throw new ReplyError(unknownAclCategory(argv[2]!));
    return bulks(
      [...factsByName.values()]
        .filter((facts) => facts.categories.includes(`@${name}`))
        .map((facts) => ascii(facts.name)),
    );
  },

  'acl|setuser'(ctx, argv) {
    const name = argv[2]!;
    const { users } = ctx.state;
    const channels = ctx.server.config.aclPubsubDefault;
    if (hasBlanks(name)) throw new ReplyError(errors.userName);
    const merged = mergeSelectors(argv.slice(3));
    if (!merged.ok) throw new ReplyError(unmatchedSelector(argv[3 + merged.at]!));
    const before = users.get(name);
    const user = before === undefined ? newUser(name, channels) : copyUser(before);
    for (const rule of merged.rules) {
      const problem = applyRule(user, rule, channels);
      if (problem !== undefined) throw new ReplyError(aclModifier(rule, problem));
    }
    users.set(name, user);
    if (before !== undefined) dropListeners(ctx, before, user);
    return OK;
  },

  'acl|deluser'(ctx, argv) {
    let deleted = 0;
    const names = argv.slice(2);
    if (names.includes(DEFAULT_USER)) throw new ReplyError(errors.defaultUser);
    for (const name of names) {
      if (!ctx.state.users.delete(name)) continue;
      deleted++;
      dropClientsOf(ctx, name);
    }
    return integer(deleted);
  },

  'acl|getuser'(ctx, argv) {
    const user = ctx.state.users.get(argv[2]!);
    if (user === undefined) return NULL;
    const [root, ...others] = user.selectors;
    return map([
      [text('flags'), setOf(userFlags(user).map((flag) => ascii(flag)))],
      [text('passwords'), bulks(user.passwords.map((hash) => ascii(hash)))],
      ...selectorRows(root!),
      [text('selectors'), array(others.map((selector) => map(selectorRows(selector))))],
    ]);
  },

  'acl|genpass'(ctx, argv) {
    let bits = PASSWORD_BITS;
    if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('acl', argv[1]!));
    if (argv[2] !== undefined) {
      bits = integerArgument(argv[2]);
      if (bits <= 0 || bits > MOST_PASSWORD_BITS) throw new ReplyError(errors.passwordBits);
    }
    const length = Math.ceil(bits / 4);
    let password = '';
    while (password.length < length)
      password += nextUint32(ctx.state.random).toString(16).padStart(8, '0');
    return bulk(ascii(password.slice(0, length)));
  },

  'acl|log'(ctx, argv) {
    if (argv.length > 3) throw new ReplyError(unknownSubcommandOrArity('acl', argv[1]!));
    const { accessLog } = ctx.state;
    if (is(argv[2], 'RESET')) {
      accessLog.entries = [];
      return OK;
    }
    const count = argv[2] === undefined ? SHOWN_BY_DEFAULT : Number(int64Argument(argv[2]));
    return array(
      accessLog.entries.slice(0, Math.max(0, count)).map((entry) =>
        map([
          [text('count'), integer(entry.count)],
          [text('reason'), text(entry.reason)],
          [text('context'), text(entry.context)],
          [text('object'), bulk(entry.object)],
          [text('username'), bulk(entry.user)],
          [text('age-seconds'), double((ctx.nowMs - entry.updatedAt) / 1000)],
          [text('client-info'), bulk(entry.client)],
          [text('entry-id'), integer(entry.id)],
          [text('timestamp-created'), integer(entry.createdAt)],
          [text('timestamp-last-updated'), integer(entry.updatedAt)],
        ]),
      ),
    );
  },

  'acl|dryrun': (ctx, argv) => dryRun(ctx, argv),

  'acl|save'(ctx) {
    if (!ctx.server.hasAclFile()) throw new ReplyError(errors.noAclFile);
    ctx.ask({ kind: 'save-acl' });
    return later(ctx, OK);
  },

  'acl|load'(ctx) {
    if (!ctx.server.hasAclFile()) throw new ReplyError(errors.noAclFile);
    ctx.ask({ kind: 'load-acl' });
    return later(ctx, OK);
  },

  'acl|help': helpOf('acl'),
};

function text(value: string): Reply {
  return bulk(ascii(value));
}

function selectorRows(selector: Selector): (readonly [Reply, Reply])[] {
  return [
    [text('commands'), text(commandsText(selector))],
    [text('keys'), text(keysText(selector))],
    [text('channels'), text(channelsText(selector))],
  ];
}

function dryRun(ctx: Context, argv: readonly ByteString[]): Reply {
  const user = ctx.state.users.get(argv[2]!);
  if (user === undefined) throw new ReplyError(dryRunUser(argv[2]!));
  const words = argv.slice(3);
  const command = ctx.lookUp(words);
  if (command === undefined) throw new ReplyError(dryRunCommand(words[0]!));
  const { arity, name } = command.facts;
  if (arity > 0 ? arity !== words.length : words.length < -arity)
    throw new ReplyError(wrongArity(name));
  const denial = denialOf(user, command, words);
  if (denial === undefined) return OK;
  const { reason, position } = denial;
  const object = reason === 'command' ? name : words[position]!;
  return text(denied[reason](user.name, object, 'verbose'));
}
