/** A sentence of the server: what stands between backquotes is shown as what somebody writes. */
import type { ReactNode } from 'react';

export function Sentence({ text }: { text: string }): ReactNode {
  return text.split('`').map((piece, i) => (i % 2 === 1 ? <code key={i} className="rounded bg-hover px-1 font-mono text-[0.92em]">{piece}</code> : piece));
}
