import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteStringOf } from '../../src/base/bytes.ts';
import { boot, MILLI, SECOND, type Machine } from './harness.ts';

const FSYNC = 700 * MILLI;
const PATHS = ['/data/a', '/data/b'];

/**
 * Append-only files as lists of numbered bytes, without pages, ranges, inodes or events: what is live, what is on the
 * platter, what flushes carry. Time passes by calling `runUntil`.
 */
class Model {
  readonly files = PATHS.map(() => ({ live: [] as number[], platter: [] as number[] }));
  flights: { endsAt: number; file: number; content: number[]; cuts: number }[] = [];
  cuts: { number: number; file: number; size: number }[] = [];
  commitAt = Infinity;
  busyUntil = 0;
  counter = 0;
  cutCounter = 0;

  write(file: number, count: number): number[] {
    const added = Array.from({ length: count }, () => this.counter++);
    this.files[file]!.live.push(...added);
    return added.map((number) => number % 256);
  }

  truncate(file: number, size: number, now: number): void {
    const { live } = this.files[file]!;
    if (size >= live.length) return;
    live.length = size;
    for (const flight of this.flights)
      if (flight.file === file) flight.content.length = Math.min(flight.content.length, size);
    this.cuts.push({ number: ++this.cutCounter, file, size });
    if (this.commitAt === Infinity) this.commitAt = now + 5 * SECOND;
  }

  fsync(file: number, now: number): number {
    this.busyUntil = Math.max(this.busyUntil, now) + FSYNC;
    this.flights.push({
      endsAt: this.busyUntil,
      file,
      content: [...this.files[file]!.live],
      cuts: this.cutCounter,
    });
    return this.busyUntil;
  }

  runUntil(at: number): void {
    for (;;) {
      const [flight] = this.flights;
      const due = Math.min(flight?.endsAt ?? Infinity, this.commitAt);
      if (due > at) return;
      if (flight !== undefined && flight.endsAt === due) {
        this.flights.shift();
        this.applyCuts(flight.cuts);
        const target = this.files[flight.file]!;
        target.platter = [...flight.content, ...target.platter.slice(flight.content.length)];
      } else {
        this.commitAt = Infinity;
        this.applyCuts(Infinity);
      }
    }
  }

  private applyCuts(through: number): void {
    for (const cut of this.cuts.filter(({ number }) => number <= through)) {
      const { platter } = this.files[cut.file]!;
      platter.length = Math.min(platter.length, cut.size);
    }
    this.cuts = this.cuts.filter(({ number }) => number > through);
  }

  losePower(tail: 'lost' | 'kept', now: number): void {
    for (const file of this.files) {
      if (tail === 'kept') file.platter = [...file.live];
      file.live = [...file.platter];
    }
    this.flights = [];
    this.cuts = [];
    this.commitAt = Infinity;
    this.busyUntil = now;
  }

  durablePrefix(file: number): number {
    const { live, platter } = this.files[file]!;
    let length = 0;
    while (length < live.length && live[length] === platter[length]) length++;
    return length;
  }
}

function textOf(numbers: readonly number[]): string {
  return byteStringOf(Uint8Array.from(numbers));
}

const file = fc.nat(1);
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      file,
      amount: fc.constantFrom(1, 7, 100, 4095, 4096, 9000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fsync' as const),
      file,
      amount: fc.constantFrom(0, 0, 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('truncate' as const), file, amount: fc.nat(10) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), file, amount: fc.nat(1500) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('kill' as const, 'lost' as const, 'kept' as const),
      file,
      amount: fc.constant(0),
    }),
  },
);

/** Two files whose names are durable, open for appending. */
function openAll(machine: Machine): number[] {
  return PATHS.map((path) => machine.append(path));
}

test('files, their durable bytes and prefixes are those of a model, after every step of any run', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const machine = boot({
        fsyncMs: FSYNC / MILLI,
        costs: { syscallMicros: 0, writeMicrosPerKb: 0 },
      });
      const model = new Model();
      for (const path of PATHS) machine.kernel.writeFile(path, new Uint8Array(0));
      let fds = openAll(machine);
      // The journal's timer of the files' creation has run out: only what the steps do counts.
      machine.run(6 * SECOND);
      for (const { do: what, file: index, amount } of steps) {
        const fd = fds[index]!;
        switch (what) {
          case 'write': {
            machine.start({
              call: 'write',
              fd,
              bytes: Uint8Array.from(model.write(index, amount)),
            });
            break;
          }
          case 'fsync': {
            const { endsAt } = machine.start({ call: 'fsync', fd }, 'bio_aof');
            expect(endsAt).toBe(model.fsync(index, machine.now));
            if (amount === 1) machine.runUntil(endsAt);
            break;
          }
          case 'truncate': {
            const size = Math.floor((model.files[index]!.live.length * amount) / 11);
            machine.start({ call: 'ftruncate', fd, size });
            model.truncate(index, size, machine.now);
            break;
          }
          case 'wait':
            machine.run(amount * MILLI);
            break;
          case 'kill':
            machine.kernel.killProcess(machine.pid, 'KILL');
            machine.spawn();
            fds = openAll(machine);
            break;
          default:
            machine.kernel.losePower(what);
            model.losePower(what, machine.now);
            machine.spawn();
            fds = openAll(machine);
        }
        model.runUntil(machine.now);
        for (const [i, path] of PATHS.entries()) {
          const { live, platter } = model.files[i]!;
          expect(machine.read(path) === textOf(live), `bytes of ${path}`).toBe(true);
          expect(machine.durable(path) === textOf(platter), `durable bytes of ${path}`).toBe(true);
          expect(machine.kernel.layersOf(path)).toMatchObject({
            size: live.length,
            durableSize: model.durablePrefix(i),
          });
        }
      }
    }),
    { numRuns: 150 },
  );
});
