/** The Redis that we are, to clients and in files. */
export const redisVersion = '7.2.4';
