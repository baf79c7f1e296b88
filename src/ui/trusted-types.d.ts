/** The part of Trusted Types that the page needs; TypeScript's DOM library does not have it yet. */
interface TrustedTypePolicy {
  /** The URL as the browser trusts it; a Worker takes it where it takes a string. */
  createScriptURL(url: string): string;
}

interface Window {
  readonly trustedTypes?: {
    createPolicy(
      name: string,
      rules: { readonly createScriptURL: (url: string) => string },
    ): TrustedTypePolicy;
  };
}
