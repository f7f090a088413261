/** On a narrow screen the rail is out of sight: a dot on its button says that there is something in it. */
import type { ReactNode } from 'react';
import { useNotices } from '@/features/notices/held';
import { t } from '@/i18n/t';

export default function NoticeDot(): ReactNode {
  const items = useNotices();
  if (!items || items.length === 0) return null;
  return (
    <span data-testid="notice-dot" className="pointer-events-none absolute top-1 right-1 size-2.5 rounded-full border-2 border-paper bg-warn">
      <span className="sr-only">{t('notices.count', { n: items.length })}</span>
    </span>
  );
}
