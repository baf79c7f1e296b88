/**
 * JavaScript that the browser must have before the page paints for the first time, in kilobytes of gzip: what
 * index.html names, modulepreload included, and all that these files import statically. Workers and what is imported
 * later do not count.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseAst } from 'vite';
import { buildSite, root } from '../../scripts/builds.mjs';
import { remark, report } from './bench.ts';

await buildSite('if-changed');
const site = join(root, 'dist', 'site');
const files = new Map<string, number>();
const waiting = scriptsOf(readFileSync(join(site, 'index.html'), 'utf8'));
for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
  if (files.has(name)) continue;
  const code = readFileSync(join(site, name));
  const from = name;
  files.set(name, gzipSync(code).length);
  waiting.push(...importsOf(code.toString('utf8')).map((address) => join(dirname(from), address)));
}
if (files.size === 0) throw new Error('index.html names no script');
for (const [name, size] of files) remark(`first paint: ${name} ${size} bytes`);
const total = [...files.values()].reduce((sum, size) => sum + size, 0);
report({
  name: 'JavaScript before first paint, gzip',
  unit: 'KB',
  rounds: [total / 1000],
  goal: { atMost: 60, of: 'value' },
});

function scriptsOf(html: string): string[] {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  return tags
    .filter((tag) => /^<script\b/.test(tag) || /\brel="modulepreload"/.test(tag))
    .flatMap((tag) => /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1] ?? [])
    .map((address) => join(address));
}

function importsOf(code: string): string[] {
  return parseAst(code).body.flatMap((statement) =>
    'source' in statement && statement.source !== null ? [String(statement.source.value)] : [],
  );
}
