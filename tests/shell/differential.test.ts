/** The same scripts in this shell and in a real bash with Debian's programs: equal stdout, stderr and exit status. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { utf8Encode } from '../../src/base/bytes.ts';
import { ShellLab } from './harness.ts';

/** One a line; ⏎ is a newline within a script. */
const shellScripts = readFileSync(new URL('./scripts.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replaceAll('⏎', '\n'));

const hasBash = existsSync('/bin/bash') && existsSync('/usr/bin/sort');

function inBash(script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'aof-lab-shell-'));
  try {
    const { stdout, stderr, status } = spawnSync('/bin/bash', ['-c', script], {
      argv0: 'bash',
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', HOME: '/root', TZ: 'UTC' },
      encoding: 'latin1',
      timeout: 15_000,
      input: '',
    });
    return { stdout, stderr, exitCode: status };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.skipIf(!hasBash)('scripts end as in a real bash', () => {
  const ours = new ShellLab();
  let folders = 0;

  test.each(shellScripts)('%s', (script) => {
    const folder = `/tmp/work${folders++}`;
    ours.bash(`mkdir ${folder}`, '/');
    const result = ours.bash(utf8Encode(script), folder);
    const real = inBash(script);
    expect({ ...result }).toEqual(real);
  });
});
