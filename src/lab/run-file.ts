/**
 * A run as a file and as a link. The file is a text that can be read: a head line, the setup as JSON, the actions, a
 * checksum. The link is the same text, deflated, with a checksum of its own, in letters that an address may hold.
 * Passwords are never in it. Whoever reads believes nothing: sizes, checksums, version and every field are looked at.
 */
import { deflateSync, Inflate } from 'fflate';
import { fromBase64, toBase64 } from '../base/base64.ts';
import { ascii, byteStringOf, bytesOf, utf8Decode, utf8Encode } from '../base/bytes.ts';
import { newCrc64, updateCrc64 } from '../base/crc64.ts';
import { failure, type Parsed } from '../cli/control-values.ts';
import { decodePlatterChanges } from '../machine/platter-codec.ts';
import { formatActions, parseActions } from './action-text.ts';
import type { Reopened } from './lab-state.ts';
import type { Run } from './replay.ts';
import { isRecord, readBytes, readSetup, readWhole } from './run-setup.ts';
import { maskRun } from './secrets.ts';
import { planLab, type LabPlan } from './setup.ts';

const TITLE = 'AOF Lab run, version ';
const VERSION = 1;
/** A longer address is cut off by some programs through which links are passed on. */
export const LONGEST_LINK = 2_000;
const MOST_BYTES = 2 * 1024 * 1024;
const MOST_TEXT = 32 * 1024 * 1024;
/** The same of a link, which holds less. */
const MOST_OF_LINK = 8 * 1024 * 1024;
const LONGEST_RUN = 31 * 24 * 3600 * 1_000_000;
const LINK_HEAD = 9;
const INFLATE_STEP = 4096;

/** What leaves the lab: the run without its secrets, as the text of a file. */
export function encodeRun(run: Run): Uint8Array {
  const { plan, reopened, actions, end } = maskRun(run);
  const head = {
    seed: plan.seed,
    startAt: plan.createdAt / 1000,
    disk: plan.disk,
    clock: plan.clock,
    workload: plan.workload,
    lanes: plan.lanes.map(({ id, config, repaired }) => ({
      id,
      config: [...config],
      repaired: [...repaired],
    })),
    files: base64Of(plan.files),
    ...(reopened === null
      ? {}
      : { reopened: { at: reopened.at - plan.createdAt, platters: base64Of(reopened.platters) } }),
    end,
  };
  const text = formatActions(actions, plan.lanes[0]!.id);
  const body = `${TITLE}${VERSION}\n${JSON.stringify(head)}\n${text}`;
  return bytesOf(utf8Encode(`${body}sum ${checksum(bytesOf(utf8Encode(body)))}\n`));
}

/** The run of such a file; or what is wrong with it, where, and what to do. */
export function decodeRun(bytes: Uint8Array): Parsed<Run> {
  if (bytes.length > MOST_TEXT) return failure(`the run is longer than ${MOST_TEXT} bytes. ${ASK}`);
  const text = utf8Decode(byteStringOf(bytes));
  if (!text.startsWith(TITLE))
    return failure(`this is no run of AOF Lab: it does not begin with "${TITLE.trim()}". ${ASK}`);
  const [title = ''] = text.split('\n', 1);
  const version = title.slice(TITLE.length);
  if (version !== String(VERSION)) return failure(newerVersion(version));
  const sum = /^sum ([0-9a-f]{16})\n$/.exec(text.slice(text.lastIndexOf('\nsum ') + 1))?.[1];
  if (sum === undefined) return failure(`the run is cut off: its checksum is missing. ${ASK}`);
  const body = bytes.subarray(0, bytes.length - `sum ${sum}\n`.length);
  if (checksum(body) !== sum)
    return failure(`the run is damaged: its checksum does not fit. ${ASK}`);
  const headEnds = text.indexOf('\n', title.length + 1);
  const plan = readHead(text.slice(title.length + 1, headEnds));
  if (typeof plan === 'string') return failure(`the run's setup cannot be used: ${plan}. ${ASK}`);
  const end = text.length - `sum ${sum}\n`.length;
  const actions = parseActions(text.slice(headEnds + 1, end), plan.plan.lanes[0]!.id);
  if (!actions.ok) return failure(`the run cannot be used: ${actions.error}. ${ASK}`);
  const last = actions.value[actions.value.length - 1]?.at ?? 0;
  if (last > plan.end) return failure(`the run ends before its last action. ${ASK}`);
  return { ok: true, value: { ...plan, actions: actions.value } };
}

/** What stands behind `#run=`. */
export function encodeLink(run: Run): string {
  const packed = deflateSync(encodeRun(run), { level: 9 });
  const bytes = new Uint8Array(LINK_HEAD + packed.length);
  bytes[0] = VERSION;
  bytes.set(packed, LINK_HEAD);
  bytes.set(bytesOf(ascii(checksum(packed))).subarray(0, LINK_HEAD - 1), 1);
  return toBase64(bytes, 'url');
}

/** The run of a link: its address, or only what stands behind `#run=`. */
export function decodeLink(link: string): Parsed<Run> {
  const letters = link.slice(link.lastIndexOf('#run=') < 0 ? 0 : link.lastIndexOf('#run=') + 5);
  if (letters.length > MOST_BYTES)
    return failure(`the link is longer than ${MOST_BYTES} characters. ${ASK_FILE}`);
  const bytes = fromBase64(letters, 'url');
  if (bytes === undefined) {
    const at = letters.search(/[^\w-]/);
    const where = at < 0 ? 'at its end' : `at character ${at + 1}`;
    return failure(`the link is damaged ${where}: an address of a run has no such letters. ${ASK}`);
  }
  if (bytes.length <= LINK_HEAD) return failure(`the link is cut off. ${ASK}`);
  if (bytes[0] !== VERSION) return failure(newerVersion(String(bytes[0])));
  const packed = bytes.subarray(LINK_HEAD);
  if (byteStringOf(bytes, 1, LINK_HEAD) !== checksum(packed).slice(0, LINK_HEAD - 1))
    return failure(`the link is damaged or cut off: its checksum does not fit. ${ASK}`);
  const text = inflated(packed);
  return typeof text === 'string' ? failure(text) : decodeRun(text);
}

const ASK = 'Ask whoever gave it to you for it again; nothing here has changed';
const ASK_FILE = 'Ask for the run as a file; nothing here has changed';

function newerVersion(version: string): string {
  return `the run is of version ${version.slice(0, 20)}, and this lab reads version ${VERSION}. Reload the page to get a newer lab`;
}

/** The bytes; or why not. What it would grow to is never believed: it is counted. */
function inflated(packed: Uint8Array): Uint8Array | string {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let isWhole = false;
  const inflate = new Inflate((piece, final) => {
    size += piece.length;
    pieces.push(piece);
    isWhole = final;
  });
  try {
    for (let at = 0; at < packed.length; at += INFLATE_STEP) {
      const last = at + INFLATE_STEP >= packed.length;
      inflate.push(packed.subarray(at, at + INFLATE_STEP), last);
      if (size > MOST_OF_LINK)
        return `the link unpacks to more than ${MOST_OF_LINK} bytes. ${ASK_FILE}`;
    }
  } catch {
    return `the link cannot be unpacked. ${ASK}`;
  }
  if (!isWhole) return `the link is cut off. ${ASK}`;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

type Head = Omit<Run, 'actions'>;

function readHead(json: string): Head | string {
  let head: unknown;
  try {
    head = JSON.parse(json);
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(head)) return 'it is no object';
  const setup = readSetup(head);
  if (typeof setup === 'string') return setup;
  const startAt = readWhole(head['startAt'], 'startAt');
  if (typeof startAt === 'string') return startAt;
  const plan = planLab({ ...setup, clock: { ...setup.clock, startAt } }, 0);
  if (typeof plan === 'string') return plan;
  const end = readWhole(head['end'], 'end');
  if (typeof end === 'string') return end;
  if (end > LONGEST_RUN) return 'it lasts longer than a month';
  if (head['reopened'] === undefined) return { plan, reopened: null, end };
  const reopened = readReopened(head['reopened'], plan);
  if (typeof reopened === 'string') return reopened;
  return { plan: reopenedPlan(plan), reopened, end };
}

/** A lab that was opened again has everything but its name on its platters. */
function reopenedPlan(plan: LabPlan): LabPlan {
  const lanes = plan.lanes.map(({ id }) => ({ id, config: new Map(), repaired: new Set<never>() }));
  return { ...plan, lanes, files: new Map(), workload: null };
}

function readReopened(value: unknown, plan: LabPlan): Reopened | string {
  if (!isRecord(value)) return 'reopened is no object';
  const at = readWhole(value['at'], 'reopened.at');
  if (typeof at === 'string') return at;
  if (at > LONGEST_RUN) return 'reopened.at is later than a month';
  const platters = readBytes(value['platters'], 'reopened.platters');
  if (typeof platters === 'string') return platters;
  for (const { id } of plan.lanes) {
    const bytes = platters.get(id);
    if (bytes === undefined) return `reopened.platters has none of lane ${id}`;
    if (!decodePlatterChanges(bytes).ok) return `the platter of lane ${id} is damaged`;
  }
  return { at: plan.createdAt + at, platters };
}

function base64Of(files: ReadonlyMap<string, Uint8Array>): readonly (readonly [string, string])[] {
  return [...files].map(([name, bytes]) => [name, toBase64(bytes, 'padded')] as const);
}

function checksum(bytes: Uint8Array): string {
  const state = newCrc64();
  updateCrc64(state, bytes);
  const hex = (half: number): string => (half >>> 0).toString(16).padStart(8, '0');
  return hex(state.high) + hex(state.low);
}
