/** The commands of 7.2.4 that this server does not have, each with the reason. */
export const unavailable: Readonly<Record<string, string>> = {
  psync: 'Nobody replicates from this server: it has no replication stream.',
  replconf: 'Nobody replicates from this server: it has no replication stream.',
  'script|debug': 'No debugger can be attached to a script: it is run as it stands.',
  sync: 'Nobody replicates from this server: it has no replication stream.',
};

const LONGEST_STRING = 'No string becomes longer than 512 MB less 24 bytes, as in JavaScript.';

/** Commands that are there, and what they cannot do here. */
export const limited: Readonly<Record<string, string>> = {
  cluster: 'Answers as a server whose cluster support is disabled.',
  asking: 'Answers as a server whose cluster support is disabled.',
  readonly: 'Answers as a server whose cluster support is disabled.',
  readwrite: 'Answers as a server whose cluster support is disabled.',
  failover: 'There are no replicas that could take over.',
  replicaof: 'Only NO ONE: the server is always a master.',
  slaveof: 'Only NO ONE: the server is always a master.',
  wait: 'There are no replicas: it waits for its time to be over.',
  migrate: 'Reaches no other server: it ends with an IOERR once it has found a key.',
  append: LONGEST_STRING,
  bitfield: LONGEST_STRING,
  setbit: LONGEST_STRING,
  setrange: LONGEST_STRING,
  'module|load': 'No module can be loaded.',
  'module|loadex': 'No module can be loaded.',
  'memory|usage':
    'What a real server would use, by its structures and allocator; collections from a sample.',
  'memory|stats': 'Estimates of what a real server would use.',
  'memory|malloc-stats': 'Answers as with the allocator of the C library, which has none.',
  debug:
    'Without MALLCTL and MALLCTL-STR, as with another allocator than jemalloc. RESTART and CRASH-AND-RECOVER are refused, LEAK loses nothing, LISTPACK and QUICKLIST print a line.',
};
