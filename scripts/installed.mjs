/**
 * Whether node_modules holds what the lock file asks for. npm writes node_modules/.package-lock.json
 * when an install has ended, so that file is the stamp: an interrupted install has none.
 *
 * @typedef {{ version?: string, optional?: boolean, optionalDependencies?: Record<string, string> }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 *
 * @param {Lock} wanted package-lock.json
 * @param {Lock | undefined} present node_modules/.package-lock.json
 */
export function installedAsLocked(wanted, present) {
  if (present === undefined) return false;
  return Object.entries(wanted.packages).every(([path, entry]) => {
    if (path === '') return true;
    const found = present.packages[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/**
 * Names of optional dependencies that the lock lacks. Where a registry does not serve the binaries
 * of some platform, `npm install` leaves them out without a word, and `npm ci` fails elsewhere.
 *
 * @param {Lock} lock
 * @returns {string[]} one sentence a problem
 */
export function lockProblems(lock) {
  const locked = new Set(
    Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
  );
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !locked.has(name))
      .map((name) => `${path === '' ? 'the project' : path} may need ${name}, which is not locked`),
  );
}
