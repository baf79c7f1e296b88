/** The lab's own sources without its page, as one script: `scripted.scriptedFingerprint(seed)`. */
import { join } from 'node:path';
import { build } from 'vite';
import { root } from '../../scripts/builds.mjs';

export async function fingerprintBundle(): Promise<string> {
  const entry = join(root, 'tests/lab/scripted-fingerprint.ts');
  const result = await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      lib: { entry, formats: ['iife'], name: 'scripted' },
      target: 'es2022',
      minify: false,
      write: false,
    },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  if (bundle === undefined || !('output' in bundle)) throw new Error('vite gave no bundle');
  return bundle.output[0].code;
}
