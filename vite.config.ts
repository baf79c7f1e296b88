import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type Rolldown } from 'vite';
import { contentSecurityPolicy } from './scripts/csp.mjs';
import { lessonModules } from './scripts/lessons/plugin.ts';

export default defineConfig({
  // Relative addresses: the built page works below any path.
  base: './',
  // One page: an address that names no file is an error, not that page again.
  appType: 'mpa',
  plugins: [
    svelte({ configFile: false }),
    lessonModules('lessons'),
    policyInThePage(),
    xtermUnderThePolicy(),
  ],
  build: {
    target: 'es2022',
    outDir: 'dist/site',
    emptyOutDir: true,
    // The policy allows no data: addresses, so no asset may be inlined as one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The licences of everything that is in the bundle go where the bundle goes.
    license: { fileName: 'licenses.md' },
    rolldownOptions: {
      // What the first paint needs, in one file: one dictionary compresses better than twenty.
      output: { codeSplitting: { groups: [{ name: firstPaint, debugName: 'first' }] } },
    },
  },
  worker: { format: 'es', plugins: () => [lessonModules('lessons')] },
  preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
});

/**
 * `first` for what the page's entry imports, directly or not, without `import()`. Not the entry itself: it waits for
 * parts that come later, and these import from `first`, which must have been run by then.
 */
function firstPaint(id: string, graph: Rolldown.ChunkingContext): string | null {
  if (id.endsWith('.html') || id.endsWith('/src/main.ts')) return null;
  return isFirst(id, graph, new Set()) ? 'first' : null;
}

function isFirst(id: string, graph: Rolldown.ChunkingContext, seen: Set<string>): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const info = graph.getModuleInfo(id);
  if (info === null) return false;
  return info.isEntry || info.importers.some((importer) => isFirst(importer, graph, seen));
}

function policyInThePage(): Plugin {
  return {
    name: 'policy-in-the-page',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: contentSecurityPolicy },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/**
 * xterm's DOM renderer colours selected, found and true-colour cells by setAttribute('style'), which
 * the policy blocks; the same rule through the object model is allowed.
 */
function xtermUnderThePolicy(): Plugin {
  const blocked = 't.setAttribute("style",`${t.getAttribute("style")||""}${e};`)';
  return {
    name: 'xterm-under-the-policy',
    apply: 'build',
    transform: {
      filter: { id: /@xterm\/xterm\/lib\/xterm\.mjs$/ },
      handler(code) {
        if (!code.includes(blocked)) this.error('xterm no longer styles its cells as it did.');
        return { code: code.replace(blocked, 't.style.cssText+=`${e};`'), map: null };
      },
    },
  };
}
