/** One thing in the trash beside conversations: brought back, or deleted for ever. */
import type { ReactNode } from 'react';
import { backupsQuery } from '@/api/backups';
import { queryClient } from '@/api/queries';
import { Choose } from '@/features/trash/choose';
import { tt } from '@/features/trash/words';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';

interface RemovedProps {
  id: string;
  kind: 'assistant' | 'project';
  name: string;
  deleted: string | null;
  avatar?: ReactNode;
  /** What goes with it, for ever. */
  detail: string;
  restore: () => Promise<unknown>;
  purge: () => Promise<unknown>;
  /** Reads anew what showed it. */
  refresh: () => Promise<unknown>;
}

export function Removed({ id, kind, name, deleted, avatar, detail, restore, purge, refresh }: RemovedProps): ReactNode {
  const change = async (work: Promise<unknown>, done: string): Promise<void> => {
    try {
      await work;
      toast(done);
    } catch (error) {
      problem(error);
    }
    await Promise.all([refresh(), queryClient.invalidateQueries({ queryKey: backupsQuery.queryKey })]);
  };
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid={`trashed-${kind}`}>
      <Choose id={id} name={name} />
      {avatar}
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">{name}</p>
        {deleted && <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(deleted) })}</p>}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon="undo" aria-label={tt('trash.restoreName', { name })} onClick={() => void change(restore(), tt('trash.restored', { title: name }))}>{t('trash.restore')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash" aria-label={tt('trash.forEverName', { name })}>{t('trash.forEver')}</Button>}
          title={t('trash.purgeTitle', { title: name })}
          detail={detail}
          action={t('trash.forEver')}
          onConfirm={() => void change(purge(), tt('trash.purged', { title: name }))}
        />
      </div>
    </li>
  );
}
