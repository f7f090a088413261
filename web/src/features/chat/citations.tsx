/** The sources of an answer: each chip opens its source at the quoted place, or the page it was taken from. */
import type { ReactNode } from 'react';
import type { Citation } from '@/api/types';
import { t } from '@/i18n/t';
import { conversationHref, Link, usePlace, withSearch } from '@/lib/place';

const CHIP =
  'inline-flex min-h-7 max-w-72 items-center gap-1.5 rounded-full border border-line bg-surface px-2.5 text-[0.8125rem] hover:border-accent hover:bg-accent-soft';

export default function Citations({ citations }: { citations: Citation[] }): ReactNode {
  return (
    <section aria-label={t('citations.label')} className="mt-1 flex flex-wrap gap-1.5">
      {citations.map((citation, i) => (
        <Chip key={i} citation={citation} number={i + 1} />
      ))}
    </section>
  );
}

function Chip({ citation, number }: { citation: Citation; number: number }): ReactNode {
  const inside = (
    <>
      <span className="font-mono text-xs font-semibold text-accent">{number}</span>
      <span className="truncate">{citation.title}</span>
    </>
  );
  const shared = { className: CHIP, title: citation.quote, 'data-testid': 'citation' };
  const href = useHref(citation);
  if (citation.url && /^https?:/.test(citation.url)) return <a href={citation.url} target="_blank" rel="noreferrer noopener" {...shared}>{inside}</a>;
  return href ? <Link href={href} {...shared}>{inside}</Link> : <span {...shared}>{inside}</span>;
}

function useHref(citation: Citation): string | null {
  const { path } = usePlace();
  const { conversation_id: conversationId, message_id: messageId, file_id: fileId, quote, title } = citation;
  if (conversationId && messageId) return conversationHref(conversationId, { m: messageId, quote });
  return fileId ? withSearch(path, { file: fileId, name: title, quote }) : null;
}
