/** Compression, encryption and chance for tools, by what Node has of the web's own. */
import type { webcrypto } from 'node:crypto';
import type { ServiceAsk, ToolAnswer } from '../../tools/tool-steps.ts';
import { bytesOf } from '../../base/bytes.ts';

type SealAsk = Extract<ServiceAsk, { readonly ask: 'seal' | 'open' }>;

/** Keys take long to make: a chain has few. */
export class Sealing {
  private readonly keys = new Map<string, Promise<webcrypto.CryptoKey>>();

  async seal(ask: SealAsk): Promise<ToolAnswer> {
    const key = await this.keyFor(ask);
    const { iv, bytes, beside } = ask;
    const how = { name: 'AES-GCM', iv: owned(iv), additionalData: owned(beside) };
    try {
      const done =
        ask.ask === 'seal'
          ? await crypto.subtle.encrypt(how, key, owned(bytes))
          : await crypto.subtle.decrypt(how, key, owned(bytes));
      return { answer: 'bytes', bytes: new Uint8Array(done) };
    } catch (thrown) {
      if (!(thrown instanceof DOMException)) throw thrown;
      return { answer: 'failed', reason: 'it cannot be decrypted' };
    }
  }

  private keyFor({ password, salt, iterations }: SealAsk): Promise<webcrypto.CryptoKey> {
    const name = `${iterations} ${salt.join(' ')} ${password}`;
    const known = this.keys.get(name) ?? makeKey(bytesOf(password), salt, iterations);
    this.keys.set(name, known);
    return known;
  }
}

async function makeKey(
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
): Promise<webcrypto.CryptoKey> {
  const secret = await crypto.subtle.importKey('raw', owned(password), 'PBKDF2', false, [
    'deriveKey',
  ]);
  return crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt: owned(salt), iterations },
    secret,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** The web's functions take no memory that may be shared. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}

export function randomBytes(length: number): ToolAnswer {
  return { answer: 'bytes', bytes: crypto.getRandomValues(new Uint8Array(length)) };
}

export function gzip(bytes: Uint8Array): Promise<ToolAnswer> {
  return through(bytes, new CompressionStream('gzip'), Infinity);
}

export function gunzip(bytes: Uint8Array, most: number): Promise<ToolAnswer> {
  return through(bytes, new DecompressionStream('gzip'), most);
}

async function through(
  bytes: Uint8Array,
  filter: CompressionStream | DecompressionStream,
  most: number,
): Promise<ToolAnswer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = new Blob([owned(bytes)]).stream().pipeThrough(filter);
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > most) {
        await reader.cancel();
        return {
          answer: 'failed',
          reason: `it holds more than the ${most} bytes that it tells of`,
        };
      }
      parts.push(value);
    }
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return { answer: 'failed', reason: 'it cannot be decompressed' };
  }
  return { answer: 'bytes', bytes: Buffer.concat(parts) };
}
