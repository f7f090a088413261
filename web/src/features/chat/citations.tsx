/** The sources of an answer: each chip opens its source at the quoted place. */
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Citation } from '@/api/types';
import { t } from '@/i18n/t';

const CHIP =
  'inline-flex min-h-7 max-w-72 items-center gap-1.5 rounded-full border border-line bg-surface px-2.5 text-[0.8125rem] hover:border-accent hover:bg-accent-soft';

export function Citations({ citations }: { citations: Citation[] }): ReactNode {
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
  if (citation.conversation_id && citation.message_id) {
    const search = { m: citation.message_id, quote: citation.quote };
    return (
      <Link to="/c/$conversationId" params={{ conversationId: citation.conversation_id }} search={search} {...shared}>
        {inside}
      </Link>
    );
  }
  if (!citation.file_id) return <span {...shared}>{inside}</span>;
  const search = { file: citation.file_id, name: citation.title, quote: citation.quote };
  return <Link to="." search={(before: object) => ({ ...before, ...search })} {...shared}>{inside}</Link>;
}
