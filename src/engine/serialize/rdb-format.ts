/** Numbers of the RDB format, version 11 (rdb.h of 7.2; spec §6.1). */
export const RDB_VERSION = 11;

/** The byte in front of a key's record that says how its value is written. */
export const rdbType = {
  string: 0,
  list: 1,
  set: 2,
  /** Scores as text. */
  zset: 3,
  hash: 4,
  /** Scores as doubles. */
  zset2: 5,
  modulePreGa: 6,
  module2: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listQuicklist: 14,
  streamListpacks: 15,
  hashListpack: 16,
  zsetListpack: 17,
  listQuicklist2: 18,
  streamListpacks2: 19,
  setListpack: 20,
  streamListpacks3: 21,
} as const;

export const rdbOpcode = {
  function2: 0xf5,
  functionPreGa: 0xf6,
  moduleAux: 0xf7,
  idle: 0xf8,
  frequency: 0xf9,
  aux: 0xfa,
  resizeDb: 0xfb,
  expireMillis: 0xfc,
  expireSeconds: 0xfd,
  selectDb: 0xfe,
  eof: 0xff,
} as const;

/** What the two upper bits of a length's first byte say, or all of it. */
export const lengthForm = {
  bits6: 0,
  bits14: 1,
  encoded: 3,
  bits32: 0x80,
  bits64: 0x81,
} as const;

/** How a string is written that is no plain run of bytes: the six lower bits. */
export const stringEncoding = { int8: 0, int16: 1, int32: 2, lzf: 3 } as const;

/** A node of a quicklist: one element by itself, or a listpack of many. */
export const quicklistContainer = { plain: 1, packed: 2 } as const;

/** Whether a type byte is that of a value at all (rdb.h:rdbIsObjectType). */
export function isValueType(type: number): boolean {
  return (type >= 0 && type <= 7) || (type >= 9 && type <= 21);
}
