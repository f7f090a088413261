/** The server's sentences and half sentences, as each other. */

/** A sentence of the server that begins in the middle, as one that stands alone. */
export function sentence(half: string): string {
  return half === '' ? '' : `${half.charAt(0).toUpperCase()}${half.slice(1)}${/[.!?…]$/.test(half) ? '' : '.'}`;
}

/** A sentence that stands alone, as one that goes on in the middle of a line; a name in capitals stays as it is. */
export function halfSentence(whole: string): string {
  const begun = /^\p{Lu}\p{Ll}/u.test(whole) ? `${whole.charAt(0).toLowerCase()}${whole.slice(1)}` : whole;
  return begun.replace(/\.$/, '');
}
