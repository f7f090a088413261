/** Lines and columns of a text as offsets, and words put in the place of wrong ones. */

export interface Span {
  start: number;
  end: number;
}

/** The offset of a line and column, both from 1; never beyond the end of the line. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}

/** Where the word a problem is about stands, without its quotes: from the column on, in its line; null if it does not. */
export function wordAt(text: string, line: number, column: number, key: string): Span | null {
  const from = offsetOf(text, line, column);
  const end = text.indexOf('\n', from);
  const rest = text.slice(from, end < 0 ? text.length : end);
  const word = lastStep(key);
  const at = word === '' ? -1 : rest.indexOf(word);
  if (at >= 0) return { start: from + at, end: from + at + word.length };
  const quoted = /^\s*(["'])([^"']*)\1/.exec(rest);
  if (!quoted) return null;
  const start = from + quoted[0].length - 1 - (quoted[2]?.length ?? 0);
  return { start, end: start + (quoted[2]?.length ?? 0) };
}

/** The last name in a dotted key; a place in a list is no name. */
function lastStep(key: string): string {
  const found = /(?:"((?:[^"\\]|\\.)*)"|([^.\]["]+))$/.exec(key);
  return found?.[1] ?? found?.[2] ?? '';
}
