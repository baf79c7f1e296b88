/** Where log lines go: stdout, or `logfile`. Written at once and synchronously, so the last words are never lost. */
import fs from 'node:fs';

const STDOUT = 1;

export class LogOutput {
  private readonly path: string;

  /** `path`: '' is stdout. */
  constructor(path: string) {
    this.path = path;
  }

  /** Opened anew for every line, as Redis does, so that log files can be rotated. A failure stops nothing. */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`, 'latin1');
    try {
      if (this.path === '') writeAll(STDOUT, bytes);
      else fs.appendFileSync(Buffer.from(this.path, 'latin1'), bytes);
    } catch {
      // A closed pipe or a full disk must not stop the server.
    }
  }
}

/** A pipe that is full for now makes write(2) fail with EAGAIN: waits for it. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += fs.writeSync(fd, bytes, at);
    } catch (thrown) {
      if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN')) throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
