/** What a person should know about their models: a quiet line in the rail that leads to where it is dealt with. */
import { useEffect, useRef, type ReactNode } from 'react';
import type { Notice } from '@/api/broker';
import { dismiss, headline, mark, useNotices } from '@/features/notices/held';
import { roleHref } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { Link } from '@/lib/place';
import { IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';

export default function Notices({ onPick }: { onPick: () => void }): ReactNode {
  const items = useNotices();
  useAnnounced(items);
  if (!items || items.length === 0) return null;
  return (
    <ul aria-label={t('notices.label')} className="grid gap-1 p-2">
      {items.map((notice) => (
        <Line key={notice.id} notice={notice} onPick={onPick} />
      ))}
    </ul>
  );
}

/** A swap is undone beside the models; what a role lacks is explained with the role. */
function hrefOf(notice: Notice): string {
  return notice.kind === 'model.swapped' || notice.role === null ? '/models' : roleHref(notice.role);
}

function Line({ notice, onPick }: { notice: Notice; onPick: () => void }): ReactNode {
  const what = headline(notice);
  const swapped = notice.kind === 'model.swapped';
  return (
    <li data-testid="notice" data-kind={notice.kind} className={`flex items-center rounded-lg pr-0.5 text-sm ${swapped ? 'bg-accent-soft' : 'bg-warn-soft'}`}>
      <Link href={hrefOf(notice)} title={notice.message} onClick={onPick} className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 rounded-lg pl-2.5">
        <span className={swapped ? 'text-accent' : 'text-warn'}><Icon name={swapped ? 'swap' : 'alert'} /></span>
        <span className="min-w-0 flex-1 py-1 [overflow-wrap:anywhere]">{what}</span>
      </Link>
      <IconButton icon="close" size={15} label={t('notices.dismiss', { what })} onClick={() => void dismiss(notice)} />
    </li>
  );
}

/** Says each notice once when it comes; those that were there when the page was opened are not news. */
function useAnnounced(items: readonly Notice[] | undefined): void {
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!items) return;
    const before = known.current;
    known.current = new Set(items.map(mark));
    for (const notice of before ? items : []) {
      if (!before?.has(mark(notice))) announce(t('notices.news', { what: headline(notice), message: notice.message }));
    }
  }, [items]);
}
