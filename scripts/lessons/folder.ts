import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LessonFiles } from './compile.ts';

/** The lessons' folder on this disk. */
export function lessonFolder(root: string): LessonFiles {
  return {
    text: (path) => readFileSync(join(root, path), 'utf8'),
    bytes: (path) => new Uint8Array(readFileSync(join(root, path))),
    below: (folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(join(root, folder, name)).isFile())
        .map((name) => name.replaceAll('\\', '/'))
        .sort(),
  };
}
