/** Says that backups still hold what was deleted for ever, and leads to them; who may not see backups is told nothing. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { backupsQuery } from '@/api/backups';
import { tt } from '@/features/trash/words';
import { Link } from '@/lib/place';

export function InBackups(): ReactNode {
  const { data } = useQuery({ ...backupsQuery, retry: false, refetchInterval: false });
  const holding = data?.items.filter((one) => one.purged > 0).length ?? 0;
  if (holding === 0) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn" data-testid="in-backups">
      {tt('trash.inBackups', { n: holding })}
      <Link href="/settings/server/backup" className="inline-flex min-h-6 items-center font-medium underline underline-offset-2">{tt('trash.seeBackups')}</Link>
    </p>
  );
}
