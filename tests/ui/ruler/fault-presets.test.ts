/** Each situation of the palette, set up in a real lab by the same calls, does what its line says. */
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../../src/base/bytes.ts';
import { splitArguments } from '../../../src/base/split-arguments.ts';
import { formatReplyTo } from '../../../src/cli/format-reply.ts';
import { FAULT_KINDS } from '../../../src/cli/fault-kinds.ts';
import { applyAction, type LabAction } from '../../../src/lab/action.ts';
import { Lab } from '../../../src/lab/lab.ts';
import { laneView } from '../../../src/lab/lane-view.ts';
import { planLab } from '../../../src/lab/setup.ts';
import type { ShellResult } from '../../../src/shell/scripted-shell.ts';
import { Shells } from '../../../src/shell/shells.ts';
import { en, id } from '../../../src/ui/ruler/fault-texts.ts';
import { faultChoices } from '../../../src/ui/ruler/fault-kinds.ts';
import { faultPresets, presetNames, setUp } from '../../../src/ui/ruler/fault-presets.ts';
import type { PresetCalls, PresetName } from '../../../src/ui/ruler/fault-presets.ts';
import { stop } from '../../../src/ui/ruler/stop-server.ts';
import { labView } from '../../../src/worker/methods.ts';

const START = 1_767_225_600_000_000;

class Desk {
  readonly lab: Lab;
  readonly #shells: Shells;
  constructor() {
    const plan = planLab({ seed: 1, clock: { paused: true } }, START);
    if (typeof plan === 'string') throw new Error(plan);
    this.lab = Lab.create(plan);
    this.#shells = new Shells(this.lab);
    this.pass(500);
  }

  get state() {
    return this.lab.lanes[0]!.state;
  }

  pass(ms: number): void {
    const target = this.lab.clock.now + ms * 1000;
    while (this.lab.runUntil(target, 10_000) === 'more');
  }

  act(action: LabAction): null {
    const problem = applyAction(this.lab, action);
    if (problem !== undefined) throw new Error(problem);
    return null;
  }

  /** As redis-cli prints it; empty if the server is gone. */
  send(line: string): string {
    const argv = splitArguments(utf8Encode(line)) ?? [];
    const problem = applyAction(
      this.lab,
      { kind: 'command', lane: 'main', client: 'page', argv },
      7,
    );
    if (problem !== undefined) throw new Error(problem);
    this.pass(50);
    const answer = this.state.answers.splice(0).find(({ token }) => token === 7);
    return answer?.outcome.outcome === 'reply' ? formatReplyTo(argv, answer.outcome.reply, 2) : '';
  }

  shell(line: string): ShellResult {
    let result: ShellResult | undefined;
    this.#shells.run(this.lab.lanes[0]!, utf8Encode(line), (found) => (result = found));
    for (let waited = 0; result === undefined && waited < 10_000; waited += 100) this.pass(100);
    if (result === undefined) throw new Error(`${line}: it does not end`);
    return result;
  }

  get calls(): PresetCalls & Parameters<typeof stop>[0] {
    return {
      plan: (fault) =>
        Promise.resolve(this.act(fault === null ? { kind: 'heal' } : { kind: 'fault', fault })),
      selectTail: (tail) => Promise.resolve(this.act({ kind: 'tail', tail })),
      signal: (name) =>
        Promise.resolve(this.act({ kind: 'signal', signal: name === 'SIGINT' ? 'INT' : 'TERM' })),
      send: (line) => {
        const text = this.send(line);
        const type = text.startsWith('(error)') ? 'error' : 'status';
        return Promise.resolve({ text, reply: text === '' ? null : { type, value: text } });
      },
      shell: (line) => Promise.resolve(this.shell(line)),
      view: () => Promise.resolve(labView(this.lab)),
      readFile: (path) => Promise.resolve(this.lab.lanes[0]!.kernel.readFile(path)!),
    };
  }

  setUp(name: PresetName): Promise<void> {
    return setUp(this.calls, laneView(this.lab.lanes[0]!, 'lost'), name);
  }

  boot(): void {
    this.act({ kind: 'boot' });
    this.pass(500);
  }
}

describe('situations', () => {
  test('two servers on one directory: the other one’s rewrite deletes the log that this one writes to', async () => {
    const desk = new Desk();
    expect(desk.send('SET a 1')).toBe('OK');
    await desk.setUp('two-servers');
    desk.pass(500);
    expect(desk.shell('redis-cli -p 6380 BGREWRITEAOF; sleep 2').exitCode).toBe(0);
    expect(desk.send('SET b 2')).toBe('OK');
    expect(laneView(desk.lab.lanes[0]!, 'lost')).toMatchObject({ fileRemoved: true });
    desk.act({ kind: 'kill' });
    desk.boot();
    expect(desk.send('GET a')).toBe('"1"');
    expect(desk.send('GET b')).toBe('(nil)');
  });

  test('disk full under everysec: one more write is answered, the next ones are refused', async () => {
    const desk = new Desk();
    await desk.setUp('disk-full');
    expect(desk.send('SET a 1')).toBe('OK');
    expect(desk.send('SET b 1')).toMatch(/MISCONF/);
    desk.act({ kind: 'heal' });
    desk.pass(1500);
    expect(desk.send('SET c 1')).toBe('OK');
  });

  test('slow fsync: what is answered while it runs is not written, and a kill takes it', async () => {
    const desk = new Desk();
    await desk.setUp('slow-fsync');
    desk.act({ kind: 'workload', workload: { rate: 200 } });
    desk.pass(5500);
    desk.act({ kind: 'kill' });
    expect(desk.state.crash?.rows.length ?? 0).toBeGreaterThan(10);
  });

  test('a lying drive under always: answered as durable, and gone', async () => {
    const desk = new Desk();
    await desk.setUp('lying-drive');
    expect(desk.send('SET a 1')).toBe('OK');
    desk.act({ kind: 'power', tail: 'lost' });
    desk.boot();
    expect(desk.send('GET a')).toBe('(nil)');
  });

  test('a torn tail: the boot cuts the last record off; without a record there is nothing to tear', async () => {
    const desk = new Desk();
    await expect(desk.setUp('torn-tail')).rejects.toThrow(/Nothing is in the log yet/);
    desk.send('SET whole 1');
    desk.send('SET torn 1');
    await desk.setUp('torn-tail');
    desk.act({ kind: 'power', tail: desk.lab.state.tail });
    desk.boot();
    expect(desk.send('GET whole')).toBe('"1"');
    expect(desk.send('GET torn')).toBe('(nil)');
  });

  test('a clock that was set back: no fsync comes', async () => {
    const desk = new Desk();
    desk.send('SET a 1');
    desk.pass(2000);
    await desk.setUp('clock-back');
    const before = desk.state.fsyncSamples.length;
    desk.send('SET b 1');
    desk.pass(5000);
    expect(desk.state.fsyncSamples.length).toBe(before);
  });

  test('fork fails: a rewrite is refused', async () => {
    const desk = new Desk();
    await desk.setUp('fork-fails');
    expect(desk.send('BGREWRITEAOF')).toMatch(/Can't execute an AOF background rewriting/);
  });

  test('fsync fails under always: the server exits at the next write', async () => {
    const desk = new Desk();
    await desk.setUp('fsync-fails');
    expect(desk.send('SET a 1')).toBe('');
    expect(desk.state.status).toBe('stopped');
  });

  test('a rotten byte: the server refuses to start again', async () => {
    const desk = new Desk();
    await expect(desk.setUp('rot')).rejects.toThrow(/Nothing of the log is on the disk yet/);
    for (let i = 0; i < 5; i++) desk.send(`SET key:${i} value`);
    desk.pass(2000);
    await desk.setUp('rot');
    desk.act({ kind: 'kill' });
    desk.boot();
    expect(desk.state.status).toBe('failed');
    expect(desk.state.logLines.join('\n')).toMatch(/Bad file format reading the append only file/);
  });

  test('a rewrite that is killed: its child has failed, the old files hold', async () => {
    const desk = new Desk();
    desk.send('SET a 1');
    await desk.setUp('rewrite-killed');
    expect(desk.state.children).toHaveLength(1);
    desk.act({ kind: 'signal', signal: 'KILL', to: 'child' });
    desk.pass(500);
    expect(desk.state.children).toHaveLength(0);
    expect(desk.send('INFO persistence')).toContain('aof_last_bgrewrite_status:err');
    expect(() => desk.act({ kind: 'signal', signal: 'KILL', to: 'child' })).toThrow(
      /no child of the server is at work/,
    );
    desk.act({ kind: 'kill' });
    desk.boot();
    expect(desk.send('GET a')).toBe('"1"');
  });

  test('every situation has its test above and its line in both languages', () => {
    expect(Object.keys(faultPresets).toSorted()).toEqual(presetNames.toSorted());
    for (const texts of [en, id])
      expect(Object.keys(texts.presets).toSorted()).toEqual(presetNames.toSorted());
  });
});

describe('the palette', () => {
  test('has every fault that the lab knows, each once', () => {
    const kinds: string[] = faultChoices.map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual([...FAULT_KINDS.keys()].toSorted());
  });

  test.each(faultChoices.map((choice) => [choice.kind, choice] as const))(
    '%s is accepted as it is offered, and healed with the others',
    (kind, choice) => {
      const desk = new Desk();
      desk.send('SET a 1');
      desk.pass(2000);
      const { parameter } = choice;
      const path = '/data/appendonlydir/appendonly.aof.1.incr.aof';
      desk.act({
        kind: 'fault',
        fault: {
          kind,
          lane: 'main',
          ...(parameter?.is === 'number' ? { value: parameter.usual * parameter.scale } : {}),
          ...(parameter?.is === 'answer' ? { value: parameter.choices[0]! } : {}),
          ...(choice.ofFile === true ? { path } : {}),
        },
      });
      const { kernel } = desk.lab.lanes[0]!;
      // A bit rots at once, and that is all of it.
      expect(kernel.faults().map((fault) => fault.kind)).toEqual(kind === 'bit-rot' ? [] : [kind]);
      desk.act({ kind: 'heal' });
      expect(kernel.faults()).toEqual([]);
    },
  );

  test.each([
    ['SIGTERM', 'stopped'],
    ['SHUTDOWN NOSAVE', 'stopped'],
    ['SHUTDOWN FORCE', 'stopped'],
  ] as const)('%s ends the server', async (how, status) => {
    const desk = new Desk();
    await stop(desk.calls, 'main', how);
    desk.pass(500);
    expect(desk.state.status).toBe(status);
  });

  test('SHUTDOWN ABORT without a shutdown says what Redis says', async () => {
    await expect(stop(new Desk().calls, 'main', 'SHUTDOWN ABORT')).rejects.toThrow(
      'ERR No shutdown in progress.',
    );
  });
});
