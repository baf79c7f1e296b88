import { nextBelow, seedRandom, type RandomState } from '../../src/base/random.ts';
import type { OpenMode, Syscall } from '../../src/machine/syscall.ts';
import { type Machine, MILLI, SECOND } from './harness.ts';

const PATHS = ['/data/a', '/data/b', '/data/d', '/data/d/a', '/data/d/b', '/data/e/x'];
const MODES: OpenMode[] = ['append', 'append', 'truncate', 'write', 'read', 'directory'];
const FAULTS = [
  'rename-not-durable',
  'lying-drive',
  'fsync-error',
  'write-blocks-during-fsync',
  'disk-full',
  'write-error',
];

/** A run of random calls, faults and waiting that follows from its seed alone. */
export class RandomRun {
  readonly machine: Machine;
  readonly random: RandomState;

  constructor(machine: Machine, random: RandomState | number) {
    this.machine = machine;
    this.random = typeof random === 'number' ? seedRandom(random) : random;
  }

  private pick<T>(items: readonly T[]): T {
    return items[nextBelow(this.random, items.length)]!;
  }

  step(): void {
    const { machine } = this;
    switch (nextBelow(this.random, 12)) {
      case 0:
        machine.run(this.pick([1, 3 * MILLI, 20 * MILLI, SECOND, 6 * SECOND, 31 * SECOND]));
        return;
      case 1: {
        const kind = this.pick(FAULTS);
        const until = machine.now + this.pick([5 * MILLI, SECOND, 20 * SECOND]);
        if (nextBelow(this.random, 3) === 0) machine.kernel.plan({ kind, until });
        else
          machine.kernel.plan({
            kind: 'bit-rot',
            path: this.pick(PATHS),
            value: this.pick([0, 7, 99, 4100]),
          });
        return;
      }
      default:
        machine.start(this.randomCall(), this.pick(['main', 'bio_aof']));
    }
  }

  private randomCall(): Syscall {
    const fd = 3 + nextBelow(this.random, 4);
    const path = this.pick(PATHS);
    switch (nextBelow(this.random, 14)) {
      case 0:
      case 1:
        return { call: 'open', path, mode: this.pick(MODES) };
      case 2:
        return { call: 'close', fd };
      case 3:
      case 4:
      case 5: {
        const bytes = new Uint8Array(this.pick([1, 10, 100, 4096, 10_000]));
        return { call: 'write', fd, bytes: bytes.map(() => nextBelow(this.random, 256)) };
      }
      case 6:
        return { call: 'ftruncate', fd, size: this.pick([0, 5, 50, 4096, 5000]) };
      case 7:
      case 8:
        return { call: 'fsync', fd };
      case 9:
        return {
          call: this.pick(['rename', 'rename', 'link'] as const),
          from: path,
          to: this.pick(PATHS),
        };
      case 10:
        return { call: this.pick(['unlink', 'rmdir'] as const), path };
      case 11:
        return { call: 'mkdir', path, mode: 0o755 };
      case 12:
        return { call: 'chmod', path, mode: this.pick([0o644, 0o600, 0o755]) };
      default:
        return { call: 'read', fd, length: this.pick([1, 5000]) };
    }
  }
}
