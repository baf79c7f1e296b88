/**
 * The one Content-Security-Policy of the lab. The build writes it into the page as a <meta>, and
 * `npm start` sends it as a header too, so that workers, which a <meta> does not reach, obey it.
 *
 * xterm injects <style> elements for its colours, hence 'unsafe-inline' for style elements and for
 * nothing else. Trusted Types: Svelte names its policy `svelte-trusted-html`; `aof-lab` is ours and
 * makes nothing but the addresses of the lab's own workers, the service worker among them.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "style-src-elem 'self' 'unsafe-inline'",
  "style-src-attr 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html aof-lab',
].join('; ');
