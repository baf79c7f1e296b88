/** dd: copies in blocks, with skip, seek and conv. */
import { ascii, sliceBytes, type ByteString } from '../../base/bytes.ts';
import {
  call,
  close,
  complain,
  now,
  open,
  reasonOf,
  seek,
  tryRead,
  workThrough,
  write,
  type ProgramContext,
  type Run,
} from '../program.ts';

interface Plan {
  readonly from: ByteString | null;
  readonly to: ByteString | null;
  readonly inBlock: number;
  readonly outBlock: number;
  readonly count: number;
  readonly skip: number;
  readonly seek: number;
  readonly conv: ReadonlySet<string>;
  readonly status: string;
  readonly wholeBlocks: boolean;
}

export function* dd({ argv }: ProgramContext): Run {
  const plan = planOf(argv.slice(1));
  if (typeof plan === 'string') {
    yield* complain(`dd: ${plan}`);
    return 1;
  }
  const source = plan.from === null ? 0 : yield* openSource(plan.from);
  if (source === undefined) return 1;
  const target = plan.to === null ? 1 : yield* openTarget(plan.to, plan);
  if (target === undefined) return 1;
  const started = yield* now();
  if (!(yield* skipInput(source, plan))) return 1;
  const copied = yield* copy(source, target, plan);
  if (plan.conv.has('fsync') || plan.conv.has('fdatasync')) yield* syncFile(plan.to);
  if (source > 2) yield* close(source);
  if (target > 2) yield* close(target);
  if (plan.status !== 'none') yield* report(copied, (yield* now()) - started, plan.status);
  return copied.failed ? 1 : 0;
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  c: 1,
  w: 2,
  b: 512,
  k: 1024,
  K: 1024,
  M: 1024 * 1024,
  G: 1024 * 1024 * 1024,
  kB: 1000,
  KB: 1000,
  MB: 1000 * 1000,
  GB: 1000 * 1000 * 1000,
};

function sizeIn(text: string): number | undefined {
  let product = 1;
  for (const factor of text.split('x')) {
    const match = /^(\d+)([A-Za-z]*)$/.exec(factor);
    const unit = UNITS[match?.[2]?.replace(/iB$/, '') ?? '?'];
    if (match === null || unit === undefined) return undefined;
    product *= Number(match[1]) * unit;
  }
  return product;
}

function planOf(words: readonly ByteString[]): Plan | string {
  const values = new Map<string, ByteString>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = word.slice(0, Math.max(equals, 0));
    if (
      ![
        'if',
        'of',
        'bs',
        'ibs',
        'obs',
        'count',
        'skip',
        'seek',
        'conv',
        'status',
        'iflag',
        'oflag',
      ].includes(name)
    )
      return `unrecognized operand '${word}'\nTry 'dd --help' for more information.`;
    values.set(name, sliceBytes(word, equals + 1));
  }
  const sizes = new Map<string, number>();
  for (const name of ['bs', 'ibs', 'obs', 'count', 'skip', 'seek']) {
    const text = values.get(name);
    if (text === undefined) continue;
    const size = sizeIn(text);
    if (size === undefined || (name.endsWith('bs') && size === 0))
      return `invalid number: '${text}'`;
    sizes.set(name, size);
  }
  const conv = new Set((values.get('conv') ?? '').split(',').filter((one) => one !== ''));
  for (const one of conv)
    if (
      ![
        'notrunc',
        'fsync',
        'fdatasync',
        'sync',
        'noerror',
        'ucase',
        'lcase',
        'excl',
        'nocreat',
      ].includes(one)
    )
      return `invalid conversion: '${one}'\nTry 'dd --help' for more information.`;
  const block = sizes.get('bs');
  return {
    from: values.get('if') ?? null,
    to: values.get('of') ?? null,
    inBlock: block ?? sizes.get('ibs') ?? 512,
    outBlock: block ?? sizes.get('obs') ?? 512,
    count: sizes.get('count') ?? Infinity,
    skip: sizes.get('skip') ?? 0,
    seek: sizes.get('seek') ?? 0,
    conv,
    status: values.get('status') ?? '',
    wholeBlocks: (values.get('iflag') ?? '').includes('fullblock'),
  };
}

function* openSource(path: ByteString): Run<number | undefined> {
  const fd = yield* open(path, 'read');
  if (typeof fd === 'number') return fd;
  yield* complain(`dd: failed to open '${path}': ${reasonOf(fd.errno)}`);
  return undefined;
}

/** Cut where the copy begins, unless conv=notrunc. */
function* openTarget(path: ByteString, plan: Plan): Run<number | undefined> {
  const there = yield* call({ call: 'stat', path });
  const fresh = !there.ok;
  const fd = yield* open(
    path,
    fresh || (plan.seek === 0 && !plan.conv.has('notrunc')) ? 'truncate' : 'write',
  );
  if (typeof fd === 'object') {
    yield* complain(`dd: failed to open '${path}': ${reasonOf(fd.errno)}`);
    return undefined;
  }
  const start = plan.seek * plan.outBlock;
  if (start > 0 && !plan.conv.has('notrunc')) {
    const opened = yield* call({ call: 'open', path, mode: 'write' });
    if (opened.ok) {
      yield* call({ call: 'ftruncate', fd: opened.value, size: start });
      yield* call({ call: 'close', fd: opened.value });
    }
  }
  if (start > 0) yield* seek(fd, start);
  return fd;
}

function* skipInput(source: number, plan: Plan): Run<boolean> {
  let left = plan.skip * plan.inBlock;
  if (left === 0) return true;
  if (plan.from !== null) {
    const found = yield* call({ call: 'stat', path: plan.from });
    if (found.ok && found.stat !== undefined && (yield* seek(source, left))) {
      if (found.stat.size < left && plan.status !== 'none')
        yield* complain(`dd: '${plan.from}': cannot skip to specified offset`);
      return true;
    }
  }
  while (left > 0) {
    const bytes = yield* tryRead(source, Math.min(left, 65_536));
    if (typeof bytes === 'object' || bytes === '') {
      if (plan.status !== 'none')
        yield* complain("dd: 'standard input': cannot skip to specified offset");
      return true;
    }
    left -= bytes.length;
  }
  return true;
}

interface Copied {
  inWhole: number;
  inPart: number;
  outWhole: number;
  outPart: number;
  bytes: number;
  failed: boolean;
}

function* copy(source: number, target: number, plan: Plan): Run<Copied> {
  const copied: Copied = {
    inWhole: 0,
    inPart: 0,
    outWhole: 0,
    outPart: 0,
    bytes: 0,
    failed: false,
  };
  let rest = '';
  const put = function* (block: string): Run<boolean> {
    const failed = yield* write(target, ascii(block));
    if (failed !== undefined) {
      yield* complain(`dd: error writing '${plan.to ?? 'standard output'}': ${reasonOf(failed)}`);
      copied.failed = true;
      return false;
    }
    if (block.length === plan.outBlock) copied.outWhole++;
    else copied.outPart++;
    copied.bytes += block.length;
    return true;
  };
  for (let n = 0; n < plan.count; n++) {
    const bytes = yield* readBlock(source, plan);
    if (typeof bytes === 'object') {
      yield* complain(
        `dd: error reading '${plan.from ?? 'standard input'}': ${reasonOf(bytes.errno)}`,
      );
      copied.failed = true;
      break;
    }
    if (bytes === '') break;
    if (bytes.length === plan.inBlock) copied.inWhole++;
    else copied.inPart++;
    yield* workThrough(bytes.length, 1000);
    const changed = converted(bytes, plan);
    if (plan.inBlock === plan.outBlock) {
      if (!(yield* put(changed))) return copied;
      continue;
    }
    rest += changed;
    for (; rest.length >= plan.outBlock; rest = rest.slice(plan.outBlock))
      if (!(yield* put(rest.slice(0, plan.outBlock)))) return copied;
  }
  if (rest !== '') yield* put(rest);
  return copied;
}

/** One read, as dd has it: of a pipe a block may come short, unless iflag=fullblock. A long block is read in pieces. */
function* readBlock(
  source: number,
  plan: Plan,
): Run<ByteString | { readonly errno: 'EIO' | 'EISDIR' }> {
  let block = '';
  while (block.length < plan.inBlock) {
    const bytes = yield* tryRead(source, Math.min(plan.inBlock - block.length, 65_536));
    if (typeof bytes === 'object') return { errno: bytes.errno === 'EISDIR' ? 'EISDIR' : 'EIO' };
    if (bytes === '') break;
    block += bytes;
    if (!plan.wholeBlocks && plan.from === null && bytes.length < 65_536) break;
  }
  return ascii(block);
}

function converted(bytes: ByteString, plan: Plan): string {
  let text: string = bytes;
  if (plan.conv.has('ucase')) text = text.replace(/[a-z]+/g, (word) => word.toUpperCase());
  if (plan.conv.has('lcase')) text = text.replace(/[A-Z]+/g, (word) => word.toLowerCase());
  return plan.conv.has('sync') ? text.padEnd(plan.inBlock, '\0') : text;
}

function* syncFile(path: ByteString | null): Run<undefined> {
  if (path === null) return undefined;
  const opened = yield* call({ call: 'open', path, mode: 'write' });
  if (!opened.ok) return undefined;
  yield* call({ call: 'fsync', fd: opened.value });
  yield* call({ call: 'close', fd: opened.value });
  return undefined;
}

function* report(copied: Copied, micros: number, status: string): Run<undefined> {
  const { inWhole, inPart, outWhole, outPart, bytes } = copied;
  yield* complain(`${inWhole}+${inPart} records in\n${outWhole}+${outPart} records out`);
  if (status === 'noxfer') return undefined;
  const seconds = micros / 1e6;
  const sizes =
    bytes < 1000
      ? ''
      : bytes < 1024
        ? ` (${human(bytes, 1000)})`
        : ` (${human(bytes, 1000)}, ${human(bytes, 1024)})`;
  const rate = seconds > 0 ? `${human(bytes / seconds, 1000)}/s` : 'Infinity B/s';
  return yield* complain(
    `${bytes} byte${bytes === 1 ? '' : 's'}${sizes} copied, ${Number(seconds.toPrecision(6))} s, ${rate}`,
  );
}

function human(size: number, base: 1000 | 1024): string {
  const units = base === 1000 ? ['B', 'kB', 'MB', 'GB'] : ['B', 'KiB', 'MiB', 'GiB'];
  let left = size;
  let unit = 0;
  for (; left >= base && unit < 3; unit++) left /= base;
  const text =
    left < 10 && unit > 0 ? (Math.round(left * 10) / 10).toFixed(1) : String(Math.round(left));
  return `${text} ${units[unit] ?? ''}`;
}
