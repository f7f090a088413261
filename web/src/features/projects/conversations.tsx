/** The conversations of a project, the one with the latest activity first. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectConversationsQuery, type ProjectDetail } from '@/api/projects';
import type { Conversation } from '@/api/types';
import { takeOut } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { moving } from '@/lib/moving';
import { conversationHref, Link } from '@/lib/place';
import { shortTime } from '@/lib/time';
import { Button, ICON_BUTTON } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function Conversations({ project }: { project: ProjectDetail }): ReactNode {
  const query = useInfiniteQuery(projectConversationsQuery(project.id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Group title={tp('project.conversations')}>
      {query.error && !query.data && <Refused error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Reading what={tp('project.conversations')} rows={2} />}
      {query.data && items.length === 0 && <p className="text-sm text-muted">{tp('project.conversationsNone')}</p>}
      {items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`} data-testid="project-conversations">
          {items.map((item) => <Row key={item.id} item={item} projectId={project.id} />)}
        </ul>
      )}
      {query.hasNextPage && <Button className="justify-self-center" onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </Group>
  );
}

function Row({ item, projectId }: { item: Conversation; projectId: string }): ReactNode {
  const title = item.title ?? t('conversation.untitled');
  return (
    <li className="flex items-center gap-2 py-1 pr-2 pl-1">
      <Link href={conversationHref(item.id)} className="flex min-h-9 min-w-0 flex-1 items-center gap-3 rounded-lg px-3 hover:bg-hover">
        <span className="min-w-0 flex-1 truncate text-[0.9375rem]">{title}</span>
        <span className="shrink-0 text-[0.8125rem] text-muted">{shortTime(item.last_activity_at)}</span>
      </Link>
      <MenuButton
        label={t('conversation.menu', { title })}
        width="w-48"
        className={ICON_BUTTON}
        entries={() => [
          { kind: 'item', id: 'move', label: t('move.action'), onPick: () => moving.set({ id: item.id, title, projectId }) },
          { kind: 'item', id: 'out', label: tp('project.takeOut'), onPick: () => void takeOut(projectId, { conversations: [item.id] }, title) },
        ]}
      >
        <Icon name="more" />
      </MenuButton>
    </li>
  );
}
