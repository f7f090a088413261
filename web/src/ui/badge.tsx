/** A word about a thing, beside its name. */
import type { ReactNode } from 'react';

const TONES = {
  calm: 'bg-accent-soft text-accent-strong',
  plain: 'bg-hover text-muted',
  warn: 'bg-warn-soft text-warn',
  danger: 'bg-danger-soft text-danger',
} as const;

export type BadgeTone = keyof typeof TONES;

export function Badge({ tone = 'plain', children }: { tone?: BadgeTone; children: ReactNode }): ReactNode {
  return <span className={`inline-block shrink-0 rounded-md px-2 py-0.5 text-xs font-medium ${TONES[tone]}`}>{children}</span>;
}
