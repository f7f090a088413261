/** The filters in what a person types: `after:2026-01 tag:"to do"`, taken apart as the server does. */

const PIECE = /(?:-?[a-z]+:)?"[^"]*"|\S+/gi;

/** The words and filters of a text, as they stand. */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? [];
}

/** A filter as it is typed: quoted where its value has spaces. */
export function filter(name: string, value: string): string {
  return /\s/.test(value) ? `${name}:"${value}"` : `${name}:${value}`;
}

/** Whether a text has a filter. */
export function has(text: string, wanted: string): boolean {
  return pieces(text).some((piece) => piece.toLowerCase() === wanted.toLowerCase());
}

/** The text with a filter, or without it where it has it; of dates there is one at a time. */
export function toggled(text: string, wanted: string): string {
  const all = pieces(text);
  if (has(text, wanted)) return all.filter((piece) => piece.toLowerCase() !== wanted.toLowerCase()).join(' ');
  const name = nameOf(wanted);
  const rivals = ['after', 'on', 'before'].includes(name) ? ['after', 'on', 'before'] : ['from', 'is'].includes(name) ? [name] : [];
  return [...all.filter((piece) => !rivals.includes(nameOf(piece))), wanted].join(' ');
}

function nameOf(piece: string): string {
  return /^-?([a-z]+):/i.exec(piece)?.[1]?.toLowerCase() ?? '';
}
