/** UTF-8 sizes of JavaScript strings, counted without allocating. */

/** The number of UTF-8 bytes of `text`; an unpaired surrogate counts as U+FFFD (3 bytes). */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (isPair(text, i, unit)) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/** `text` without its first `bytes` UTF-8 bytes; a cut inside a character drops that character. */
export function dropUtf8(text: string, bytes: number): string {
  let seen = 0;
  let i = 0;
  while (i < text.length && seen < bytes) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) seen += 1;
    else if (unit < 0x800) seen += 2;
    else if (isPair(text, i, unit)) {
      seen += 4;
      i++;
    } else seen += 3;
    i++;
  }
  return text.slice(i);
}

function isPair(text: string, i: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdbff || i + 1 >= text.length) return false;
  const next = text.charCodeAt(i + 1);
  return next >= 0xdc00 && next <= 0xdfff;
}

/** A size for people: 1.4 MB. */
export function readableSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
