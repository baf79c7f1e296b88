/** The same scripts in this shell and in a real bash with Debian's programs: equal stdout, stderr and exit status. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { ShellLab } from './harness.ts';
import { hasBash, inBash } from './real-bash.ts';

/** One a line; ⏎ is a newline within a script. */
const shellScripts = ['scripts', 'byte-scripts', 'awk-scripts'].flatMap((name) =>
  readFileSync(new URL(`./${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('⏎', '\n')),
);

describe.skipIf(!hasBash)('scripts end as in a real bash', () => {
  const ours = new ShellLab();
  let folders = 0;

  test.each(shellScripts)('%s', async (script) => {
    const folder = `/tmp/work${folders++}`;
    ours.bash(`mkdir ${folder}`, '/');
    const result = ours.bash(utf8Encode(script), folder);
    const real = await inBash(script);
    expect({ ...result }).toEqual(real);
  });
});
