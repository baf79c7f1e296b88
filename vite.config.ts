import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { contentSecurityPolicy } from './scripts/csp.mjs';

export default defineConfig({
  // Relative addresses: the built page works below any path.
  base: './',
  // One page: an address that names no file is an error, not that page again.
  appType: 'mpa',
  plugins: [svelte({ configFile: false }), policyInThePage()],
  build: {
    target: 'es2022',
    outDir: 'dist/site',
    emptyOutDir: true,
    // The policy allows no data: addresses, so no asset may be inlined as one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  preview: { headers: { 'Content-Security-Policy': contentSecurityPolicy } },
});

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
