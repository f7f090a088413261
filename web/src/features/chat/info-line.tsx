/** Under each answer: model, tokens, time, and cost or "local". */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { modelsQuery } from '@/api/queries';
import type { Message } from '@/api/types';
import { t } from '@/i18n/t';
import { duration } from '@/lib/time';

export function InfoLine({ message }: { message: Message }): ReactNode {
  const { data } = useQuery(modelsQuery);
  const model = data?.items.find((item) => item.ref === message.model);
  const facts = [
    message.model ? nameOf(message.model, model?.name) : null,
    message.mode === 'raw' ? t('mode.raw') : null,
    message.token_count === null ? null : t('info.tokens', { n: message.token_count }),
    message.processing_time_ms === null ? null : duration(message.processing_time_ms),
    costOf(message, model?.local),
  ].filter((fact) => fact !== null);
  return (
    <p className="text-[0.8125rem] text-muted tabular-nums" data-testid="info" title={message.model_reason ?? undefined}>
      {facts.join(' · ')}
      <ContextWord word={message.metadata.context} />
    </p>
  );
}

/** Says so where not all of the conversation was read, or may not have been. */
function ContextWord({ word }: { word: unknown }): ReactNode {
  if (word === 'dropped') return <span data-testid="context-word"> · {t('info.context.dropped')}</span>;
  if (word !== 'cut' && word !== 'outgrown' && word !== 'unverified') return null;
  return (
    <span className="text-warn" data-testid="context-word">
      {' · '}
      {word === 'unverified' ? t('info.context.unverified') : t('info.context.cut')}
    </span>
  );
}

function nameOf(ref: string, name: string | undefined): string {
  return ref.startsWith('builtin') ? t('model.builtin') : (name ?? ref);
}

function costOf(message: Message, local: boolean | undefined): string | null {
  if (message.cost) {
    const format = new Intl.NumberFormat(undefined, { style: 'currency', currency: message.cost.currency, maximumSignificantDigits: 2 });
    return format.format(Number(message.cost.amount));
  }
  if (local === undefined) return null;
  return local ? t('info.local') : t('info.costUnknown');
}
