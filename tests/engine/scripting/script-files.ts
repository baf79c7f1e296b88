/** The scripts of cases/*.txt, one a line. */
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./cases/', import.meta.url);

export interface ScriptFile {
  /** What its first line says of it. */
  readonly title: string;
  readonly scripts: readonly string[];
}

export function scriptFiles(): ScriptFile[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const [title = '', ...lines] = readFileSync(new URL(name, folder), 'utf8').split('\n');
      return {
        title: title.replace(/^-- (.*)\. A script a line.*$/, '$1'),
        scripts: lines.filter((line) => line !== '').map((line) => line.replaceAll('⏎', '\n')),
      };
    });
}
