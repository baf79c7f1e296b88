/** docker logs: what a container has printed, from its json-file log. */
import { ascii, sliceBytes, type ByteString } from '../../../base/bytes.ts';
import { parseOwnJson } from '../../../base/json.ts';
import { fileText } from '../../language/registry.ts';
import { sleep, write, type Run } from '../../program.ts';
import { findContainer, logPathOf, type ContainerRecord } from './records.ts';
import { readFlags } from './run-options.ts';
import { noContainer, wrongUse } from './texts.ts';

const LOOK_EVERY = 20_000;

interface LogLine {
  readonly log: string;
  readonly time: string;
}

export function* logs(argv: readonly ByteString[]): Run {
  const options = readFlags(argv, ['follow', 'timestamps'], ['tail', 'since'], 'any', {
    f: 'follow',
    t: 'timestamps',
  });
  if (typeof options === 'string') return yield* wrongUse('logs', options);
  const [name = ''] = options.words;
  const record = yield* findContainer(name);
  if (record === undefined) return yield* noContainer(name);
  const tail = options.values.get('tail')?.at(-1);
  const show = followLog(record, {
    tail: tail === undefined || !/^\d+$/.test(tail) ? Infinity : Number(tail),
    from: 0,
    timestamps: options.flags.has('timestamps'),
  });
  yield* show();
  if (!options.flags.has('follow')) return 0;
  for (;;) {
    const found = yield* findContainer(record.id);
    yield* show();
    if (found?.state !== 'running') return 0;
    yield* sleep(LOOK_EVERY);
  }
}

/** Prints what has come since it was called last; the first time the last `tail` lines. */
export function followLog(
  record: ContainerRecord,
  how: { readonly tail: number; readonly from: number; readonly timestamps?: boolean },
): () => Run<undefined> {
  let seen = 0;
  let first = true;
  return function* () {
    const text = yield* fileText(ascii(logPathOf(record)));
    if (text === undefined) return undefined;
    const fresh = sliceBytes(text, seen, text.lastIndexOf('\n') + 1);
    seen += fresh.length;
    let lines = fresh
      .split('\n')
      .map(readLine)
      .filter((line) => line !== undefined);
    if (first && how.tail !== Infinity) lines = how.tail === 0 ? [] : lines.slice(-how.tail);
    first = false;
    const shown = lines.map(({ log, time }) => (how.timestamps === true ? `${time} ${log}` : log));
    if (shown.length > 0) yield* write(1, ascii(shown.join('')));
    return undefined;
  };
}

/** A line that a power cut has left half is passed over. */
function readLine(text: string): LogLine | undefined {
  try {
    const line = parseOwnJson<LogLine | null>(text);
    return typeof line?.log === 'string' ? line : undefined;
  } catch {
    return undefined;
  }
}
