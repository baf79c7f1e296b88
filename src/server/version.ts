/** The Redis that this server is, in replies, files and logs. */
export const REDIS_VERSION = '7.2.4';
