/** Parts made and opened: compression and encryption are asked for, and what they give is checked. */
import type { ByteString } from '../../base/bytes.ts';
import { sha256 } from '../../base/sha256.ts';
import type { Seconds } from '../../base/time.ts';
import { askBytes, type ReadFailure, type ToolSteps } from '../tool-steps.ts';
import type { OpenPart } from './chain.ts';
import {
  encodePart,
  headerBytes,
  sameBytes,
  SIZES,
  type LogFile,
  type Part,
  type PartHeader,
} from './part.ts';

export interface SealOptions {
  readonly compress: boolean;
  /** Null: not encrypted. */
  readonly password: ByteString | null;
  readonly iterations: number;
}

export interface PartPlan {
  readonly kind: 'full' | 'incremental';
  readonly sequence: number;
  readonly createdAt: Seconds;
  readonly parent: Uint8Array;
  readonly files: readonly LogFile[];
  readonly log: Uint8Array;
}

const NOTHING = new Uint8Array(0);

export function* sealPart(
  plan: PartPlan,
  { compress, password, iterations }: SealOptions,
): ToolSteps<Uint8Array | ReadFailure> {
  const { log, ...rest } = plan;
  const body = compress ? yield* askBytes({ ask: 'gzip', bytes: log }) : log;
  if ('reason' in body) return body;
  const plain: PartHeader = {
    ...rest,
    compressed: compress,
    encryption: null,
    plainLength: log.length,
    plainSum: sha256(log),
  };
  if (password === null) return encodePart(plain, body);
  const random = yield* askBytes({ ask: 'random', length: SIZES.salt + 2 * SIZES.iv });
  if ('reason' in random) return random;
  const salt = random.slice(0, SIZES.salt);
  const iv = random.slice(SIZES.salt, SIZES.salt + SIZES.iv);
  const checkIv = random.slice(SIZES.salt + SIZES.iv);
  const key = { password, salt, iterations };
  const check = yield* askBytes({
    ask: 'seal',
    ...key,
    iv: checkIv,
    bytes: NOTHING,
    beside: NOTHING,
  });
  if ('reason' in check) return check;
  const header = { ...plain, encryption: { iterations, salt, iv, checkIv, check } };
  const sealed = yield* askBytes({
    ...{ ask: 'seal', ...key, iv },
    ...{ bytes: body, beside: headerBytes(header) },
  });
  return 'reason' in sealed ? sealed : encodePart(header, sealed);
}

/** A file could ask for a key that takes hours. */
const MOST_ITERATIONS = 10_000_000;

/** Nothing is inflated beyond this, and deflate makes at most so many bytes of one: a file could tell of any number. */
const MOST_INFLATED = 1024 ** 3;
const DEFLATE_RATIO = 1032;

export type Opened =
  { readonly ok: true; readonly part: OpenPart } | { readonly ok: false; readonly reason: string };

/** `password`: null is none. The log of the part, or what is wrong. */
export function* openPart(part: Part, password: ByteString | null): ToolSteps<Opened> {
  const { header } = part;
  const { encryption } = header;
  let { body } = part;
  if (encryption !== null) {
    if (password === null) return fail('it is encrypted: a password is needed');
    const { iterations, salt, iv, checkIv, check } = encryption;
    if (iterations < 1 || iterations > MOST_ITERATIONS)
      return fail(`damaged: it asks for ${iterations} rounds of PBKDF2`);
    const key = { password, salt, iterations };
    const checked = yield* askBytes({
      ...{ ask: 'open', ...key, iv: checkIv },
      ...{ bytes: check, beside: NOTHING },
    });
    if ('reason' in checked) return fail('wrong password');
    const beside = headerBytes(header);
    const opened = yield* askBytes({ ask: 'open', ...key, iv, bytes: body, beside });
    if ('reason' in opened) return fail('damaged: it was changed by someone without the password');
    body = opened;
  }
  if (header.compressed) {
    const most = header.plainLength;
    if (most > MOST_INFLATED || most > body.length * DEFLATE_RATIO)
      return fail(`damaged: ${body.length} compressed bytes tell of ${most}`);
    const inflated = yield* askBytes({ ask: 'gunzip', bytes: body, most });
    if ('reason' in inflated) return fail(`damaged: ${inflated.reason}`);
    body = inflated;
  }
  if (body.length !== header.plainLength || !sameBytes(sha256(body), header.plainSum))
    return fail('damaged: its contents are not those that were backed up');
  const { kind, createdAt } = header;
  return { ok: true, part: { kind, createdAt, log: body } };
}

function fail(reason: string): Opened {
  return { ok: false, reason };
}
