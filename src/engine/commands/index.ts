/** The command table's groups. A new group adds a line here. */
import type { Handlers } from '../command.ts';
import { aclCommands } from './acl.ts';
import { blockingCommands } from './blocking.ts';
import { bitFieldCommands } from './bitfield.ts';
import { bitmapCommands } from './bitmaps.ts';
import { clientTrackingCommands } from './client-tracking.ts';
import { clientCommands } from './client.ts';
import { commandInfoCommands } from './command-info.ts';
import { connectionCommands } from './connection.ts';
import { debugCommands } from './debug.ts';
import { expiryCommands } from './expiry.ts';
import { genericCommands } from './generic.ts';
import { hashWalkCommands } from './hash-walks.ts';
import { geoSearchCommands } from './geo-search.ts';
import { geoCommands } from './geo.ts';
import { hashCommands } from './hashes.ts';
import { hyperLogLogCommands } from './hyperloglog.ts';
import { latencyCommands } from './latency.ts';
import { lcsCommands } from './lcs.ts';
import { listMoveCommands } from './list-moves.ts';
import { listCommands } from './lists.ts';
import { lolwutCommands } from './lolwut.ts';
import { memoryCommands } from './memory.ts';
import { monitorCommands } from './monitor.ts';
import { objectCommands } from './object.ts';
import { pubsubCommands } from './pubsub.ts';
import { replicationCommands } from './replication.ts';
import { scanCommands } from './scan.ts';
import { serializeCommands } from './serialize.ts';
import { serverCommands } from './server.ts';
import { setAlgebraCommands } from './sets-algebra.ts';
import { setCommands } from './sets.ts';
import { slowLogCommands } from './slowlog.ts';
import { sortCommands } from './sort.ts';
import { sortedSetAlgebraCommands } from './sorted-set-algebra.ts';
import { sortedSetPopCommands } from './sorted-set-pops.ts';
import { sortedSetRangeCommands } from './sorted-set-ranges.ts';
import { sortedSetCommands } from './sorted-sets.ts';
import { streamClaimCommands } from './stream-claims.ts';
import { streamGroupCommands } from './stream-groups.ts';
import { streamInfoCommands } from './stream-info.ts';
import { streamReadCommands } from './stream-reads.ts';
import { streamCommands } from './streams.ts';
import { stringCommands } from './strings.ts';
import { transactionCommands } from './transactions.ts';
import { waitingCommands } from './waiting.ts';
import { functionCommands } from '../scripting/function-commands.ts';
import { scriptingCommands } from '../scripting/scripting-commands.ts';

export const handlers: readonly Handlers[] = [
  stringCommands,
  lcsCommands,
  hashCommands,
  hashWalkCommands,
  listCommands,
  listMoveCommands,
  setCommands,
  setAlgebraCommands,
  sortedSetCommands,
  sortedSetRangeCommands,
  sortedSetPopCommands,
  sortedSetAlgebraCommands,
  geoCommands,
  geoSearchCommands,
  sortCommands,
  bitmapCommands,
  bitFieldCommands,
  hyperLogLogCommands,
  blockingCommands,
  streamCommands,
  streamReadCommands,
  streamGroupCommands,
  streamClaimCommands,
  streamInfoCommands,
  genericCommands,
  scanCommands,
  objectCommands,
  serializeCommands,
  expiryCommands,
  transactionCommands,
  pubsubCommands,
  monitorCommands,
  connectionCommands,
  clientCommands,
  clientTrackingCommands,
  serverCommands,
  commandInfoCommands,
  debugCommands,
  waitingCommands,
  aclCommands,
  slowLogCommands,
  latencyCommands,
  memoryCommands,
  replicationCommands,
  lolwutCommands,
  functionCommands,
  scriptingCommands,
];
