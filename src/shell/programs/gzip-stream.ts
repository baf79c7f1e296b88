/** gzip (RFC 1952) piece by piece: fflate does the deflating, the frame and its sums stand here. */
import { Deflate, Gunzip } from 'fflate';
import { byteStringOf, bytesOf, ascii, type ByteString } from '../../base/bytes.ts';
import { crc32 } from '../../base/crc32.ts';

export type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

function little(value: number): string {
  return String.fromCharCode(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
}

export class GzipWriter {
  private readonly deflate: Deflate;
  private out: string;
  private crc = 0;
  private length = 0;

  /** `name` and `seconds` are those of the file; empty and 0 for what comes from a pipe. */
  constructor(level: Level, name: string, seconds: number) {
    const flags = name === '' ? '\0' : '\x08';
    const extra = level === 9 ? '\x02' : level === 1 ? '\x04' : '\0';
    this.out = `\x1f\x8b\x08${flags}${little(seconds)}${extra}\x03${name === '' ? '' : `${name}\0`}`;
    this.deflate = new Deflate({ level }, (bytes) => (this.out += byteStringOf(bytes)));
  }

  /** What is ready after these bytes. */
  push(bytes: ByteString): ByteString {
    const piece = bytesOf(bytes);
    this.crc = crc32(piece, 0, piece.length, this.crc);
    this.length = (this.length + piece.length) >>> 0;
    this.deflate.push(piece);
    return this.taken();
  }

  end(): ByteString {
    this.deflate.push(new Uint8Array(), true);
    this.out += little(this.crc) + little(this.length);
    return this.taken();
  }

  private taken(): ByteString {
    const out = ascii(this.out);
    this.out = '';
    return out;
  }
}

export type GzipProblem =
  | 'not in gzip format'
  | 'unexpected end of file'
  | 'invalid compressed data--crc error'
  | 'invalid compressed data--format violated'
  | 'invalid compressed data--length error';

const FRAME = 8;
const HEADER = 10;
/** fflate's numbers for what is wrong. */
const UNEXPECTED_END = 0;
const NO_GZIP = 6;

/** One member after the other; the checksum and the length behind each are those of what came out. */
export class GzipReader {
  private readonly gunzip: Gunzip;
  private readonly crcs = { now: 0, length: 0 };
  private out = '';
  /** The last bytes that came in, and how many came before them. */
  private recent = '';
  private before = 0;
  private problem: GzipProblem | null = null;

  constructor() {
    this.gunzip = new Gunzip((bytes) => {
      this.out += byteStringOf(bytes);
      this.crcs.now = crc32(bytes, 0, bytes.length, this.crcs.now);
      this.crcs.length = (this.crcs.length + bytes.length) >>> 0;
    });
    this.gunzip.onmember = (offset) => {
      this.check(offset - this.before);
      this.crcs.now = 0;
      this.crcs.length = 0;
    };
  }

  /** What comes out; empty bytes end it. */
  push(bytes: ByteString): { readonly out: ByteString; readonly problem: GzipProblem | null } {
    const last = bytes === '';
    if (this.before === 0 && this.recent === '') this.problem = startProblem(bytes);
    const kept = this.recent.slice(-FRAME);
    this.before += this.recent.length - kept.length;
    this.recent = kept + bytes;
    try {
      if (this.problem === null) this.gunzip.push(bytesOf(bytes), last);
      if (last) this.check(this.recent.length);
    } catch (failure) {
      this.problem ??= problemOf(failure);
    }
    const out = ascii(this.out);
    this.out = '';
    return { out, problem: this.problem };
  }

  /** `end`: where in `recent` a member ended. */
  private check(end: number): void {
    const frame = this.recent.slice(Math.max(end - FRAME, 0), end);
    const whole = little(this.crcs.now) + little(this.crcs.length);
    for (let cut = 1; cut < FRAME; cut++)
      if (frame !== whole && frame.endsWith(whole.slice(0, FRAME - cut)))
        this.problem ??= 'unexpected end of file';
    if (this.before + end < HEADER + FRAME) this.problem ??= 'unexpected end of file';
    else if (frame.slice(0, 4) !== little(this.crcs.now))
      this.problem ??= 'invalid compressed data--crc error';
    else if (frame.slice(4) !== little(this.crcs.length))
      this.problem ??= 'invalid compressed data--length error';
  }
}

function startProblem(bytes: ByteString): GzipProblem | null {
  if (bytes.length < 2) return 'unexpected end of file';
  if (!bytes.startsWith('\x1f\x8b')) return 'not in gzip format';
  return bytes.length < HEADER ? 'unexpected end of file' : null;
}

function problemOf(failure: unknown): GzipProblem {
  const code: unknown =
    typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : null;
  if (code === UNEXPECTED_END) return 'unexpected end of file';
  return code === NO_GZIP ? 'not in gzip format' : 'invalid compressed data--format violated';
}
