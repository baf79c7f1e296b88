/** What clients are told of scripts and functions, and scripts of the commands that they call. */
export const scriptErrors = {
  unkillable:
    'UNKILLABLE Sorry the script already executed write commands against the dataset. You can either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE command.',
  busyScript:
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
  busyFunction:
    'BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.',
  scriptUnknownCommand: 'ERR Unknown Redis command called from script',
  scriptWrongArity: 'ERR Wrong number of args calling Redis command from script',
  scriptNotAllowed: 'ERR This Redis command is not allowed from script',
  scriptReadOnly: 'ERR Write commands are not allowed from read-only scripts.',
  notBusy: 'NOTBUSY No scripts in execution right now.',
  scriptFlush: 'ERR SCRIPT FLUSH only support SYNC|ASYNC option',
} as const;
