/** Says when another model stood in for the one that was asked. */
import type { ReactNode } from 'react';
import type { Message } from '@/api/types';
import { t } from '@/i18n/t';
import { Icon } from '@/ui/icons';

/** A text that the server left in a message's metadata, or null. */
export function textOfMetadata(message: Message | null, name: string): string | null {
  const value = message?.metadata[name];
  return typeof value === 'string' ? value : null;
}

/** The model in whose place the answer's own stood in, or null. */
export function stoodInFor(message: Message | null): string | null {
  return textOfMetadata(message, 'stood_in_for');
}

interface InsteadProps {
  wanted: string;
  model: string | null;
  reason: string | null;
}

export function Instead({ wanted, model, reason }: InsteadProps): ReactNode {
  return (
    <p role="note" data-testid="stood-in" className="mb-3 flex items-start gap-2 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn [overflow-wrap:anywhere]">
      <span className="mt-0.5"><Icon name="swap" size={16} /></span>
      {reason?.includes(wanted) ? reason : t('instead.now', { wanted, model: model ?? '' })}
    </p>
  );
}
