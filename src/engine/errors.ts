/** Every error text that a client sees, once. Texts as in Redis 7.2.4 (shared objects of server.c, and the commands' own). */
import type { Reply } from '../resp/reply.ts';

/** Thrown by handlers and argument parsers: a learner's mistake, which becomes the reply. Nothing was changed. */
export class ReplyError extends Error {
  readonly reply: Reply;
  constructor(message: string) {
    super(message);
    this.reply = { type: 'error', value: oneLine(message) };
  }
}

/** An error is a line of the protocol: a line break in a word that it quotes would end it. */
export function oneLine(message: string): string {
  return /[\r\n]/.test(message) ? message.replace(/[\r\n]/g, ' ') : message;
}

export const errors = {
  syntax: 'ERR syntax error',
  wrongType: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  notInteger: 'ERR value is not an integer or out of range',
  notPositive: 'ERR value is out of range, must be positive',
  notFloat: 'ERR value is not a valid float',
  notValidFloat: 'ERR min or max is not a float',
  countOutOfRange:
    'ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807',
  numkeys: 'ERR numkeys should be greater than 0',
  countPositive: 'ERR count should be greater than 0',
  weightNotFloat: 'ERR weight value is not a float',
  notLexRange: 'ERR min or max not valid string range item',
  limitByRank:
    'ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX',
  scoresByLex: 'ERR syntax error, WITHSCORES not supported in combination with BYLEX',
  geoUnit: 'ERR unsupported unit provided. please use M, KM, FT, MI',
  geoRadius: 'ERR need numeric radius',
  geoRadiusNegative: 'ERR radius cannot be negative',
  geoWidth: 'ERR need numeric width',
  geoHeight: 'ERR need numeric height',
  geoBoxNegative: 'ERR height or width cannot be negative',
  geoMember: 'ERR could not decode requested zset member',
  geoCount: 'ERR COUNT must be > 0',
  geoAny: 'ERR the ANY argument requires COUNT argument',
  notHyperLogLog: 'WRONGTYPE Key is not a valid HyperLogLog string value.',
  corruptedHyperLogLog: 'INVALIDOBJ Corrupted HLL object detected',
  hyperLogLogNotSparse: 'ERR HLL encoding is not sparse',
  pfdebugNoKey: 'ERR The specified key does not exist',
  bitArgument: 'ERR The bit argument must be 1 or 0.',
  bitopNot: 'ERR BITOP NOT must be called with a single source key.',
  bitfieldType:
    'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
  bitfieldOverflow: 'ERR Invalid OVERFLOW type specified',
  bitfieldReadOnly: 'ERR BITFIELD_RO only supports the GET subcommand',
  sortNotDouble: "ERR One or more scores can't be converted into double",
  tooManyKeys: "ERR Number of keys can't be greater than number of args",
  negativeLimit: "ERR LIMIT can't be negative",
  outOfRange: 'ERR value is out of range',
  noSuchKey: 'ERR no such key',
  busyKey: 'BUSYKEY Target key name already exists.',
  restoreTtl: 'ERR Invalid TTL value, must be >= 0',
  restoreIdle: 'ERR Invalid IDLETIME value, must be >= 0',
  restoreFrequency: 'ERR Invalid FREQ value, must be >= 0 and <= 255',
  payloadChecksum: 'ERR DUMP payload version or checksum are wrong',
  payloadFormat: 'ERR Bad data format',
  indexOutOfRange: 'ERR index out of range',
  sameObject: 'ERR source and destination objects are the same',
  invalidDb: 'ERR invalid DB index',
  dbOutOfRange: 'ERR DB index is out of range',
  lcsNotStrings: 'ERR The specified keys must contain string values',
  lcsBoth: 'ERR If you want both the length and indexes, please just use IDX.',
  lcsMemory: 'ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len',
  nanScore: 'ERR resulting score is not a number (NaN)',
  timeoutNotInteger: 'ERR timeout is not an integer or out of range',
  timeoutNegative: 'ERR timeout is negative',
  waitAofWithoutAof: 'ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.',
  firstDb: 'ERR invalid first DB index',
  secondDb: 'ERR invalid second DB index',
  overflow: 'ERR increment or decrement would overflow',
  decrementOverflow: 'ERR decrement would overflow',
  streamId: 'ERR Invalid stream ID specified as stream command argument',
  intervalStart: 'ERR invalid start ID for the interval',
  intervalEnd: 'ERR invalid end ID for the interval',
  twoTrims: 'ERR syntax error, MAXLEN and MINID options at the same time are not compatible',
  maxlenStreamNegative: 'ERR The MAXLEN argument must be >= 0.',
  limitNegative: 'ERR The LIMIT argument must be >= 0.',
  limitWithoutTrim: 'ERR syntax error, LIMIT cannot be used without specifying a trimming strategy',
  limitExact: 'ERR syntax error, LIMIT cannot be used without the special ~ option',
  trimMissing: 'ERR syntax error, XTRIM must be called with a trimming strategy',
  idZero: 'ERR The ID specified in XADD must be greater than 0-0',
  idTooSmall: 'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  streamExhausted: 'ERR The stream has exhausted the last possible ID, unable to add more items',
  entryTooLarge: 'ERR Elements are too large to be stored',
  setIdBelowDeleted: 'ERR The ID specified in XSETID is smaller than current max_deleted_entry_id',
  setIdBelowGivenDeleted:
    'ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id',
  setIdBelowTop: 'ERR The ID specified in XSETID is smaller than the target stream top item',
  setIdBelowLength:
    'ERR The entries_added specified in XSETID is smaller than the target stream length',
  entriesAddedNegative: 'ERR entries_added must be positive',
  groupMissing: 'ERR Missing GROUP option for XREADGROUP',
  groupInXread: 'ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.',
  noackInXread: 'ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.',
  newIdInXread:
    'ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option.',
  dollarInGroup:
    'ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would just return an empty result set.',
  groupNeedsKey:
    'ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.',
  busyGroup: 'BUSYGROUP Consumer Group name already exists',
  entriesReadNegative: 'ERR value for ENTRIESREAD must be positive or -1',
  autoClaimCount: 'ERR COUNT must be > 0',
  hashNotInteger: 'ERR hash value is not an integer',
  hashNotFloat: 'ERR hash value is not a float',
  valueNanOrInfinity: 'ERR value is NaN or Infinity',
  rankZero:
    "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list",
  countNegative: "ERR COUNT can't be negative",
  maxlenNegative: "ERR MAXLEN can't be negative",
  countNotPositive: 'ERR count should be greater than 0',
  timeoutNotFloat: 'ERR timeout is not a float or out of range',
  timeoutOutOfRange: 'ERR timeout is out of range',
  nanOrInfinity: 'ERR increment would produce NaN or Infinity',
  stringTooLong: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  offsetOutOfRange: 'ERR offset is out of range',
  invalidCursor: 'ERR invalid cursor',
  nestedMulti: 'ERR MULTI calls can not be nested',
  execWithoutMulti: 'ERR EXEC without MULTI',
  discardWithoutMulti: 'ERR DISCARD without MULTI',
  watchInsideMulti: 'ERR WATCH inside MULTI is not allowed',
  notInMulti: 'ERR Command not allowed inside a transaction',
  execAbort: 'EXECABORT Transaction discarded because of previous errors.',
  loading: 'LOADING Redis is loading the dataset in memory',
  noAuth: 'NOAUTH Authentication required.',
  wrongPassword: 'WRONGPASS invalid username-password pair or user is disabled.',
  authWithoutPassword:
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  helloNoAuth:
    'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
  clientName: 'ERR Client names cannot contain spaces, newlines or special characters.',
  libName: 'ERR lib-name cannot contain spaces, newlines or special characters.',
  libVersion: 'ERR lib-ver cannot contain spaces, newlines or special characters.',
  clientId: 'ERR Invalid client ID',
  clientIdPositive: 'ERR client-id should be greater than 0',
  unblockReason: 'ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR',
  unblocked: 'UNBLOCKED client unblocked via CLIENT UNBLOCK',
  getKeysUnknown: 'ERR Invalid command specified',
  getKeysNone: 'ERR The command has no key arguments',
  getKeysArity: 'ERR Invalid number of arguments specified for command',
  getKeysInvalid: 'ERR Invalid arguments specified for command',
  debugPackedThreshold: 'ERR argument must be a memory value bigger than 1 and smaller than 4gb',
  debugResp2: 'ERR RESP2 is not supported by this command',
  debugReload: 'ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.',
  debugProtocol:
    'ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false',
  otherChild:
    "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in order to schedule a BGSAVE whenever possible.",
  noProto: 'NOPROTO unsupported protocol version',
  protocolVersion: 'ERR Protocol version is not an integer or out of range',
  oom: "OOM command not allowed when used memory > 'maxmemory'.",
  userName: "ERR Usernames can't contain spaces or null characters",
  defaultUser: "ERR The 'default' user cannot be removed",
  passwordBits:
    'ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096',
  noAclFile:
    'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.',
  aclSave:
    'ERR There was an error trying to save the ACLs. Please check the server logs for more information',
  cachingWithoutTracking:
    'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
  cachingYes: 'ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.',
  cachingNo: 'ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.',
  pauseMode: 'ERR CLIENT PAUSE mode must be WRITE or ALL',
  redirectTwice: 'ERR A client can only redirect to a single other client',
  redirectUnknown: 'ERR The client ID you want redirect to does not exist',
  prefixWithoutBroadcast: 'ERR PREFIX option requires BCAST mode to be enabled',
  switchBroadcast:
    "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
  broadcastOptions: 'ERR OPTIN and OPTOUT are not compatible with BCAST',
  optinOptout: "ERR You can't specify both OPTIN mode and OPTOUT mode",
  switchOptin:
    "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
  noClientEviction: 'ERR maxmemory-clients is disabled.',
  notHashTable: 'ERR The value stored at the specified key is not represented using an hash table',
  notQuicklist: 'ERR Not a quicklist encoded object.',
  debugNoCluster: 'ERR Debug option only available for cluster mode enabled setup!',
  noConfigToForce: 'ERR CONFIG-REWRITE-FORCE-ALL failed: Bad address',
  notListpack: 'ERR Not a listpack encoded object.',
  notSds: 'ERR Not an sds encoded string.',
  databaseOutOfRange: 'ERR Out of range database',
  slowLogCount: 'ERR count should be greater than or equal to -1',
  noFailover: 'ERR No failover in progress.',
  failoverTimeout: 'ERR FAILOVER timeout must be greater than 0',
  failoverReplicas: 'ERR FAILOVER requires connected replicas.',
  masterPort: 'ERR Invalid master port',
  alwaysMaster: 'ERR this server is always a master: it can follow no other',
  moduleDenied:
    'ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  moduleLoad: 'ERR Error loading the extension. Please check the server logs.',
  moduleUnknown: 'ERR Error unloading module: no such module with that name',
  migrateKeys:
    'ERR When using MIGRATE KEYS option, the key argument must be set to the empty string',
  migrateFailed: 'IOERR error or timeout writing to target instance',
  noGoodSlot: 'ERR This instance has cluster support disabled',
  msetArity: "ERR wrong number of arguments for 'mset' command",
  gtLtNx: 'ERR GT, LT, and/or NX options at the same time are not compatible',
  incrSingle: 'ERR INCR option supports a single increment-element pair',
  nxXx: 'ERR XX and NX options at the same time are not compatible',
  expireNxOthers: 'ERR NX and XX, GT or LT options at the same time are not compatible',
  expireGtLt: 'ERR GT and LT options at the same time are not compatible',
  bitOffset: 'ERR bit offset is not an integer or out of range',
  bit: 'ERR bit is not an integer or out of range',
  lfuOnly:
    'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  lruOnly:
    'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
  debugDenied:
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.',
  noConfigFile: 'ERR The server is running without a config file',
  shutdownFailed: 'ERR Errors trying to SHUTDOWN. Check logs.',
  noShutdown: 'ERR No shutdown in progress.',
  rewriteInProgress: 'ERR Background append only file rewriting already in progress',
  rewriteFailed:
    "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
  saveFailed: 'ERR',
  reloadFailed: 'ERR Error trying to load the RDB dump, check server logs.',
  saveInProgress: 'ERR Background save already in progress',
  monitorDenied: "ERR MONITOR isn't allowed for DENY BLOCKING client",
  replicaKeyspace: "ERR Replica can't interact with the keyspace",
  noSuchClient: 'ERR No such client',
  noSuchClientId: 'ERR No such client ID',
  maxClients: 'ERR max number of clients reached',
  negativeKeys: "ERR Number of keys can't be negative",
  noScript: 'NOSCRIPT No matching script. Please use EVAL.',
  readOnlyCommand: 'ERR Can not execute a script with write flag using *_ro command.',
  shebang: 'ERR Invalid script shebang',
  protectedMode:
    "DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. 4) Set up an authentication password for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.",
} as const;

export function overlappingPrefixes(
  prefix: string,
  which: 'an existing' | 'another provided',
  other: string,
): string {
  return `ERR Prefix '${echoed(prefix)}' overlaps with ${which} prefix '${echoed(other)}'. Prefixes for a single client must not overlap.`;
}

/** Longest prefix of a name that Redis echoes in an error (server.c: `%.128s`). */
const ECHO_LENGTH = 128;

/** A word as a C string in an error: up to its first NUL, and no longer than `most`. */
export function echoed(word: string, most: number = word.length): string {
  const end = word.indexOf('\0');
  return word.slice(0, end < 0 ? most : Math.min(end, most));
}

export function wrongArity(name: string): string {
  return `ERR wrong number of arguments for '${name}' command`;
}

/** server.c:commandCheckExistence; arguments are quoted and cut as the real text is. */
export function unknownCommand(argv: readonly string[]): string {
  let args = '';
  for (let i = 1; i < argv.length && args.length < ECHO_LENGTH; i++) {
    args += `'${echoed(argv[i]!, ECHO_LENGTH - args.length)}' `;
  }
  return `ERR unknown command '${echoed(argv[0] ?? '', ECHO_LENGTH)}', with args beginning with: ${args}`;
}

export function unknownSubcommand(parent: string, sub: string): string {
  return `ERR unknown subcommand '${echoed(sub, ECHO_LENGTH)}'. Try ${parent.toUpperCase()} HELP.`;
}

/** addReplySubcommandSyntaxError: a known container with arguments that do not fit. */
export function unknownSubcommandOrArity(parent: string, sub: string): string {
  return `ERR unknown subcommand or wrong number of arguments for '${echoed(sub, ECHO_LENGTH)}'. Try ${parent.toUpperCase()} HELP.`;
}

export function invalidPlace(longitude: string, latitude: string): string {
  return `ERR invalid longitude,latitude pair ${longitude},${latitude}`;
}

/** `by`: what a GEOSEARCH has to say exactly once. */
export function geoMissing(
  by: 'FROMMEMBER or FROMLONLAT' | 'BYRADIUS and BYBOX',
  name: string,
): string {
  return `ERR exactly one of ${by} can be specified for ${name}`;
}

export function geoStoreWith(what: string): string {
  return `ERR ${what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options`;
}

export function unknownPfdebug(sub: string): string {
  return `ERR Unknown PFDEBUG subcommand '${echoed(sub)}'`;
}

export function wrongPfdebugArity(sub: string): string {
  return `ERR Wrong number of arguments for the '${echoed(sub)}' subcommand`;
}

export function noInputKey(name: string): string {
  return `ERR at least 1 input key is needed for '${name}' command`;
}

export function outOfBounds(min: number, max: number): string {
  return `ERR value is out of range, value must between ${min} and ${max}`;
}

export function invalidExpire(name: string): string {
  return `ERR invalid expire time in '${name}' command`;
}

export function helloSyntax(option: string): string {
  return `ERR Syntax error in HELLO option '${echoed(option)}'`;
}

export function unknownClientType(type: string): string {
  return `ERR Unknown client type '${echoed(type)}'`;
}

export function noLatencySamples(event: string): string {
  return `ERR No samples available for event '${echoed(event)}'`;
}

export function unsupportedOption(option: string): string {
  return `ERR Unsupported option ${echoed(option)}`;
}

export function unrecognizedOption(option: string): string {
  return `ERR Unrecognized option '${echoed(option)}'`;
}

export function noSuchUser(name: string): string {
  return `ERR No such user '${echoed(name)}'`;
}

export function scriptCompileError(message: string): string {
  return `ERR Error compiling script (new function): ${message}`;
}

export function shebangEngine(word: string): string {
  return `ERR Unexpected engine in script shebang: ${echoed(word)}`;
}

export function shebangOption(word: string): string {
  return `ERR Unknown lua shebang option: ${echoed(word)}`;
}

export function shebangFlag(word: string): string {
  return `ERR Unexpected flag in script shebang: ${echoed(word)}`;
}

export const rdbMisconf =
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.";

export function aofMisconf(reason: string): string {
  return `MISCONF Errors writing to the AOF file: ${reason}`;
}

export function notForDenyBlocking(name: string): string {
  return `ERR ${name.toUpperCase()} isn't allowed for a DENY BLOCKING client`;
}

export function notWhileListening(name: string): string {
  return `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`;
}

export function noGroup(key: string, group: string): string {
  return `NOGROUP No such key '${echoed(key)}' or consumer group '${echoed(group)}'`;
}

export function noGroupToRead(key: string, group: string): string {
  return `${noGroup(key, group)} in XREADGROUP with GROUP option`;
}

export function noSuchGroup(group: string, key: string): string {
  return `NOGROUP No such consumer group '${echoed(group)}' for key name '${echoed(key)}'`;
}

export function unbalancedStreams(name: string, id: string): string {
  return `ERR Unbalanced '${name}' list of streams: for each stream key an ID or '${id}' must be specified.`;
}

export function unrecognizedClaimOption(option: string): string {
  return `ERR Unrecognized XCLAIM option '${echoed(option)}'`;
}

/** `Invalid min-idle-time argument for XCLAIM` */
export function invalidOption(what: string, name: string): string {
  return `ERR Invalid ${what} for ${name}`;
}

/** config.c:configSetCommand, when one of the pairs names no directive. */
export function unknownDirective(name: string): string {
  return `ERR Unknown option or number of arguments for CONFIG SET - '${name}'`;
}

export function configSetFailed(name: string, reason: string): string {
  return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}`;
}
