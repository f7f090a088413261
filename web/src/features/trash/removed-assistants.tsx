/** Assistants that were deleted: brought back, or deleted for ever. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { assistants, refreshAssistants, removedQuery, type AssistantItem } from '@/api/assistants';
import { backupsQuery } from '@/api/backups';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Avatar } from '@/ui/avatar';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { CARD, Group } from '@/ui/page';

async function change(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    toast(done);
  } catch (error) {
    problem(error);
  }
  await Promise.all([refreshAssistants(), queryClient.invalidateQueries({ queryKey: backupsQuery.queryKey })]);
}

export function RemovedAssistants(): ReactNode {
  const { data } = useQuery(removedQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <Group id="assistants" title={t('action.assistants')} lead={t('trash.assistantsLead')}>
      <ul className={`${CARD} divide-y divide-line`} aria-label={t('trash.assistants')}>
        {data.items.map((one) => <Row key={one.id} assistant={one} />)}
      </ul>
    </Group>
  );
}

function Row({ assistant: { id, name, avatar, deleted_at: deleted } }: { assistant: AssistantItem }): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid="trashed-assistant">
      <Avatar avatar={avatar} name={name} size="small" />
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">{name}</p>
        {deleted && <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(deleted) })}</p>}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon="undo" aria-label={t('trash.restoreName', { name })} onClick={() => void change(assistants.restore(id), t('trash.restored', { title: name }))}>{t('trash.restore')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash" aria-label={t('trash.forEverName', { name })}>{t('trash.forEver')}</Button>}
          title={t('trash.purgeTitle', { title: name })}
          detail={t('trash.purgeAssistant')}
          action={t('trash.forEver')}
          onConfirm={() => void change(assistants.purge(id), t('trash.purged', { title: name }))}
        />
      </div>
    </li>
  );
}
