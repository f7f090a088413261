/** The summary that a model was told in place of older messages, read when a person wants it. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { summaryQuery } from '@/api/queries';
import type { Summarised } from '@/api/types';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { Refused } from '@/ui/reading';

export function SummaryOf({ summarised }: { summarised: Summarised }): ReactNode {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="grid gap-1.5">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        data-testid="summary-toggle"
        onClick={() => setOpen(!open)}
        className="min-h-7 justify-self-start text-left text-sm text-accent underline underline-offset-2"
      >
        {open ? t('context.summary.hide') : t('context.summary.show')}
      </button>
      <div id={id} hidden={!open}>{open && <Text id={summarised.summary_id} />}</div>
    </div>
  );
}

/** What was just opened may be below the end of what one sees. */
function intoView(node: HTMLElement | null): void {
  node?.scrollIntoView({ block: 'nearest' });
}

function Text({ id }: { id: string }): ReactNode {
  const { data, error, refetch } = useQuery(summaryQuery(id));
  if (error) return <div ref={intoView}><Refused error={error} onRetry={() => void refetch()} /></div>;
  if (!data) return <p role="status" className="text-muted">{t('reading', { what: t('context.summary') })}</p>;
  return (
    <figure ref={intoView} className="grid scroll-mb-5 gap-1.5 rounded-lg border border-line bg-surface px-3 py-2" data-testid="summary">
      <blockquote className="whitespace-pre-wrap [overflow-wrap:anywhere]">{data.text}</blockquote>
      <figcaption className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]">
        {t('context.summary.by', { model: data.model, when: fullTime(data.created_at) })}
      </figcaption>
    </figure>
  );
}
