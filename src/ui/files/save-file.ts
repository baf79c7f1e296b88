/** Hands bytes to the browser as a download; those of a blob need not come into the page for it. */
export function saveFile(name: string, content: Uint8Array | Blob): void {
  const blob =
    content instanceof Blob
      ? content
      : new Blob([content.slice()], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken hold of the bytes by the next turn; a minute is generous.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
