/** What stands in the place of something that is still being read, or could not be. */
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { CARD } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

/** Grey lines in the shape of a list, and words for who cannot see them. */
export function Reading({ what, rows = 3 }: { what: string; rows?: number }): ReactNode {
  return (
    <div role="status" className={`${CARD} divide-y divide-line`}>
      <p className="px-4 pt-3 pb-2 text-sm text-muted">{t('reading', { what })}</p>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} aria-hidden="true" className="grid gap-2 p-4">
          <div className="lap h-3 w-2/5 rounded bg-hover" />
          <div className="lap h-2.5 w-4/5 rounded bg-hover" />
        </div>
      ))}
    </div>
  );
}

/** The server's own sentence, and another try. */
export function Refused({ error, onRetry }: { error: Error; onRetry: () => void }): ReactNode {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 rounded-xl bg-danger-soft px-4 py-3 text-sm">
      <p className="min-w-48 flex-1 text-danger [overflow-wrap:anywhere]"><Sentence text={error.message} /></p>
      <Button icon="again" onClick={onRetry}>{t('retry')}</Button>
    </div>
  );
}
