/** What fingerprint() gives in Node. Whether it is right is tested elsewhere; here only that hosts agree. */
export const FINGERPRINT = 'f75c5c10ade6687c';
