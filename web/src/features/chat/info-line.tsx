/** Under each answer: model, tokens, time, and cost or "local"; pressed, it shows how the answer was made. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { modelsQuery } from '@/api/queries';
import type { Message } from '@/api/types';
import { useAnswerer } from '@/features/chat/answerer';
import { stoodInFor, textOfMetadata } from '@/features/chat/instead';
import { t } from '@/i18n/t';
import { readableMoney } from '@/lib/figures';
import { duration } from '@/lib/time';

const Trace = lazy(() => import('@/features/chat/trace'));

export function InfoLine({ message }: { message: Message }): ReactNode {
  const [open, setOpen] = useState(false);
  const { data } = useQuery(modelsQuery);
  const model = data?.items.find((item) => item.ref === message.model);
  const servedBy = textOfMetadata(message, 'served_by');
  const passed = stoodInFor(message);
  const answerer = useAnswerer(message);
  const found = [
    answerer,
    message.model ? nameOf(message.model, model?.name) : null,
    servedBy ? t('info.servedBy', { model: servedBy }) : null,
    passed ? t('info.stoodIn', { model: passed }) : null,
    message.mode === 'raw' ? t('mode.raw') : null,
    message.token_count === null ? null : t('info.tokens', { n: message.token_count }),
    message.processing_time_ms === null ? null : duration(message.processing_time_ms),
    costOf(message, model?.local),
  ];
  const facts = found.filter((fact) => fact !== null).join(' · ');
  const context = contextWord(message);
  if (facts === '' && context === null) return null;
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-label={t('info.trace', { facts: context ? `${facts} · ${context}` : facts })}
        title={message.model_reason ?? undefined}
        data-testid="info"
        onClick={() => setOpen(true)}
        className="-mx-1.5 min-h-7 rounded-md px-1.5 text-left text-[0.8125rem] text-muted tabular-nums [overflow-wrap:anywhere] hover:bg-hover hover:text-ink"
      >
        {facts}
        {context && (
          <span className={message.metadata.context === 'summarised' ? undefined : 'text-warn'} data-testid="context-word">
            {facts === '' ? context : ` · ${context}`}
          </span>
        )}
      </button>
      {open && (
        <Suspense>
          <Trace message={message} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** What a person should know where not all of the conversation was read, or may not have been. */
function contextWord(message: Message): string | null {
  switch (message.metadata.context) {
    case 'dropped':
      return t('info.context.dropped');
    case 'summarised':
      return t('info.context.summarised');
    case 'files':
      return t('info.context.files');
    case 'unverified':
      return t('info.context.unverified');
    case 'cut':
    case 'outgrown':
      return t('info.context.cut');
    case 'temperature':
      return t('info.context.temperature');
    default:
      return null;
  }
}

function nameOf(ref: string, name: string | undefined): string {
  return ref.startsWith('builtin') ? t('model.builtin') : (name ?? ref);
}

function costOf(message: Message, local: boolean | undefined): string | null {
  if (message.cost) return readableMoney(message.cost.amount, message.cost.currency);
  if (local === undefined) return null;
  return local ? t('info.local') : t('info.costUnknown');
}
