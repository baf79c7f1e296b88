/** A run handed on: its link to the clipboard, or word of why that cannot be. */
export interface RunAddress {
  readonly url: string;
  /** Whether every program passes on an address of that length. */
  readonly fits: boolean;
}

/** The address of this page with a whole run in it. */
export function addressOf({
  hash,
  fits,
}: {
  readonly hash: string;
  readonly fits: boolean;
}): RunAddress {
  return { url: `${location.href.replace(/#.*$/, '')}#${hash}`, fits };
}

/** `refused`: the browser does not let this page write to the clipboard. */
export async function copyAddress({
  url,
  fits,
}: RunAddress): Promise<'copied' | 'too-long' | 'refused'> {
  if (!fits) return 'too-long';
  try {
    await navigator.clipboard.writeText(url);
    return 'copied';
  } catch {
    return 'refused';
  }
}
