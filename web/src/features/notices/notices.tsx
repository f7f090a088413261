/** What a person should know about their models and can mend: a quiet line in the rail that leads to the role. */
import { useEffect, useRef, type ReactNode } from 'react';
import type { Notice } from '@/api/broker';
import { dismiss, mark, useNotices } from '@/features/notices/held';
import { roleHref, roleName } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { Link } from '@/lib/place';
import { IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';

export default function Notices({ onPick }: { onPick: () => void }): ReactNode {
  const { all, open } = useNotices();
  useAnnounced(all);
  if (open.length === 0) return null;
  return (
    <ul aria-label={t('notices.label')} className="grid gap-1 p-2">
      {open.map((notice) => (
        <Line key={notice.id} notice={notice} onPick={onPick} />
      ))}
    </ul>
  );
}

function Line({ notice, onPick }: { notice: Notice; onPick: () => void }): ReactNode {
  const role = roleName(notice.role);
  return (
    <li data-testid="notice" className="flex items-center rounded-lg bg-warn-soft pr-0.5 text-sm">
      <Link href={roleHref(notice.role)} title={notice.message} onClick={onPick} className="flex min-h-9 min-w-0 flex-1 items-center gap-2.5 rounded-lg pl-2.5">
        <span className="text-warn"><Icon name="alert" /></span>
        <span className="min-w-0 flex-1">{t('notices.lacks', { role })}</span>
      </Link>
      <IconButton icon="close" size={15} label={t('notices.dismiss', { role })} onClick={() => dismiss(notice)} />
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
      if (!before?.has(mark(notice))) announce(t('notices.news', { role: roleName(notice.role), message: notice.message }));
    }
  }, [items]);
}
