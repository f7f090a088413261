/** Letting the browser save something. */

/** Saves what is at `address`. */
export function download(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

/** Saves bytes that are here already. */
export function saveAs(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  download(address, name);
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
