/** What was deleted, kept for 30 days: bring it back, or delete it for ever. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { refreshAssistants, removedQuery } from '@/api/assistants';
import * as client from '@/api/client';
import { deletedProjectsQuery, refreshProjects } from '@/api/projects';
import { conversationListQuery, queryClient } from '@/api/queries';
import type { Conversation } from '@/api/types';
import { Choose, ChosenBar } from '@/features/trash/choose';
import { InBackups } from '@/features/trash/in-backups';
import { RemovedAssistants } from '@/features/trash/removed-assistants';
import { RemovedProjects } from '@/features/trash/removed-projects';
import { tt } from '@/features/trash/words';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { CARD, PlacePage } from '@/ui/page';

async function change(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    toast(done);
  } catch (error) {
    problem(error);
  }
  await Promise.all(['conversations', 'backups'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
}

/** Everything goes: what shows any of it is read anew. */
async function emptyAll(): Promise<void> {
  await change(client.conversations.emptyTrash(), tt('trash.emptied'));
  await Promise.all([refreshAssistants(), refreshProjects()]);
}

export default function TrashPage(): ReactNode {
  const query = useInfiniteQuery({ ...conversationListQuery({ place: 'deleted' }), staleTime: 0 });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const assistants = useQuery(removedQuery).data?.items;
  const projects = useQuery(deletedProjectsQuery).data;
  const known = query.data !== undefined && assistants !== undefined && projects !== undefined;
  const all = [...items, ...(assistants ?? []), ...(projects ?? [])].map(({ id }) => id);
  const empty = (
    <Confirm
      trigger={<Button icon="trash">{tt('trash.empty')}</Button>}
      title={tt('trash.emptyTitle')}
      detail={tt('trash.emptyDetail')}
      action={t('trash.forEver')}
      onConfirm={() => void emptyAll()}
    />
  );
  return (
    <PlacePage title={t('action.trash')} actions={all.length > 0 && empty}>
      <p className="text-muted">{tt(known && all.length === 0 ? 'trash.nothing' : 'trash.lead')}</p>
      <InBackups />
      <ChosenBar all={all} />
      {items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`}>
          {items.map((item) => (
            <Row key={item.id} item={item} />
          ))}
        </ul>
      )}
      {query.hasNextPage && <Button className="justify-self-center" onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      <RemovedAssistants />
      <RemovedProjects />
    </PlacePage>
  );
}

function Row({ item }: { item: Conversation }): ReactNode {
  const title = item.title ?? t('conversation.untitled');
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid="trashed">
      <Choose id={item.id} name={title} />
      <div className="min-w-48 flex-1">
        <p className="truncate font-medium">{title}</p>
        {item.deleted_at && <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(item.deleted_at) })}</p>}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon="undo" onClick={() => void change(client.conversations.restore(item.id), tt('trash.restored', { title }))}>{t('trash.restore')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash">{t('trash.forEver')}</Button>}
          title={t('trash.purgeTitle', { title })}
          detail={tt('trash.purgeDetail')}
          action={t('trash.forEver')}
          onConfirm={() => void change(client.conversations.purge(item.id), tt('trash.purged', { title }))}
        />
      </div>
    </li>
  );
}
