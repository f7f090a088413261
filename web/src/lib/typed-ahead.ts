/** What is typed for a field that is still being fetched, so that fast fingers lose nothing. */
let typed: string | null = null;

/** Begins to keep what is typed, until it is taken. */
export function keepTyped(): void {
  typed = '';
}

/** Keeps one key; whether it was meant for the field that is awaited. */
export function keptKey(event: KeyboardEvent): boolean {
  if (typed === null || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key.length === 1) typed += event.key;
  else if (event.key === 'Backspace') typed = [...typed].slice(0, -1).join('');
  else return event.key === 'Enter';
  return true;
}

/** Returns what was typed, and keeps no more. */
export function takeTyped(): string {
  const all = typed ?? '';
  typed = null;
  return all;
}
