/** A lab with a shell, run in virtual time until a line has ended. */
import { ascii, utf8Encode } from '../../src/base/bytes.ts';
import type { ByteString } from '../../src/base/bytes.ts';
import { Lab } from '../../src/lab/lab.ts';
import { planLab } from '../../src/lab/setup.ts';
import type { Setup } from '../../src/lab/view.ts';
import type { ShellResult } from '../../src/shell/scripted-shell.ts';
import { Shells } from '../../src/shell/shells.ts';

const START = Date.UTC(2026, 0, 15, 12, 0, 0) * 1000;
const LONGEST = 600_000_000;
/** Of the host: a line that asks without end fails its test instead of hanging it. */
const MOST_STEPS = 3_000_000;

export class ShellLab {
  readonly lab: Lab;
  readonly shells: Shells;

  constructor(setup: Setup = {}) {
    const plan = planLab(setup, START);
    if (typeof plan === 'string') throw new Error(plan);
    this.lab = Lab.create(plan);
    this.shells = new Shells(this.lab);
  }

  get lane() {
    return this.lab.lanes[0]!;
  }

  /** A line of the shell that lasts. */
  run(line: string): ShellResult {
    return this.until((done) => this.shells.run(this.lane, utf8Encode(line), done));
  }

  /** `bash -c script`, by itself. */
  bash(script: string, cwd = '/tmp'): ShellResult {
    const argv = [ascii('bash'), ascii('-c'), script as ByteString];
    return this.until((done) => this.shells.runProgram(this.lane, argv, { cwd: ascii(cwd) }, done));
  }

  until(start: (done: (result: ShellResult) => void) => void): ShellResult {
    let result: ShellResult | undefined;
    start((found) => (result = found));
    const limit = this.lab.clock.now + LONGEST;
    for (let steps = 0; result === undefined; steps++) {
      const due = this.lab.clock.next();
      if (due === undefined || due > limit || steps > MOST_STEPS)
        throw new Error('the line does not end');
      this.lab.runUntil(due, Infinity);
    }
    return result;
  }

  advance(ms: number): void {
    this.lab.runUntil(this.lab.clock.now + ms * 1000, Infinity);
  }
}
