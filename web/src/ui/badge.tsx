/** A word or two about a thing, coloured by how good they are. */
import type { ReactNode } from 'react';

const TONES = {
  good: 'bg-accent-soft text-accent-strong',
  plain: 'bg-hover text-muted',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-danger-soft text-danger',
} as const;

export type Tone = keyof typeof TONES;

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }): ReactNode {
  return <span className={`inline-block shrink-0 rounded px-1.5 py-px text-xs whitespace-nowrap ${TONES[tone]}`}>{children}</span>;
}
