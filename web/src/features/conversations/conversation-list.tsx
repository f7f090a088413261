/** Past conversations, newest activity first, grouped by age. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { projectsQuery } from '@/api/projects';
import { conversationListQuery } from '@/api/queries';
import type { Conversation } from '@/api/types';
import { useConversationChanges } from '@/features/conversations/changes';
import { t } from '@/i18n/t';
import { useActions } from '@/lib/actions';
import { moving } from '@/lib/moving';
import { conversationHref, Link, useConversationId } from '@/lib/place';
import { ageOf, type Age } from '@/lib/time';
import { ICON_BUTTON } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';

export function ConversationList({ onPick, above }: { onPick: () => void; above: ReactNode }): ReactNode {
  const query = useInfiniteQuery(conversationListQuery());
  const placed = query.data?.pages.some((page) => page.items.some((item) => item.project_id !== null)) ?? false;
  const groups = useMemo(() => grouped(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const more = useNearEnd(hasNextPage && !isFetchingNextPage, () => void fetchNextPage());
  return (
    <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2" data-testid="conversation-list">
      {placed && above}
      {query.data && groups.length === 0 && <p className="px-2.5 py-2 text-sm text-muted">{t('list.empty')}</p>}
      {query.error && !query.data && <p className="px-2.5 py-2 text-sm text-muted">{t('list.unreachable')}</p>}
      {groups.map(([age, items]) => (
        <section key={age} aria-label={t(`age.${age}`)}>
          <h2 className="px-2.5 pt-3 pb-1 text-xs font-medium text-muted">{t(`age.${age}`)}</h2>
          <ul className="grid grid-cols-[minmax(0,1fr)]">
            {items.map((item) => (
              <Item key={item.id} item={item} onPick={onPick} />
            ))}
          </ul>
        </section>
      ))}
      <div ref={more} className="h-2" />
    </div>
  );
}

function grouped(items: Conversation[]): [Age, Conversation[]][] {
  const groups = new Map<Age, Conversation[]>();
  for (const item of items) {
    const age = ageOf(item.last_activity_at);
    groups.set(age, [...(groups.get(age) ?? []), item]);
  }
  return [...groups];
}

function useNearEnd(active: boolean, load: () => void) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (!active || !mark.current) return;
    const watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && latest.current(), { rootMargin: '400px' });
    watch.observe(mark.current);
    return () => watch.disconnect();
  }, [active]);
  return mark;
}

function Item({ item, onPick }: { item: Conversation; onPick: () => void }): ReactNode {
  const [renaming, setRenaming] = useState(false);
  const { rename, trash } = useConversationChanges();
  const open = useConversationId() === item.id;
  const title = item.title ?? t('conversation.untitled');
  const move = (): void => moving.set({ id: item.id, title, projectId: item.project_id });
  useActions(
    () =>
      open
        ? [
            { id: 'rename', title: t('conversation.rename'), group: t('group.conversation'), run: () => setRenaming(true) },
            { id: 'move', title: t('move.action'), group: t('group.conversation'), run: move },
            { id: 'delete', title: t('conversation.delete'), group: t('group.conversation'), run: () => void trash(item) },
          ]
        : [],
    [open, item],
  );
  if (renaming) {
    const done = (next: string | null): void => {
      setRenaming(false);
      if (next && next !== item.title) void rename(item, next);
    };
    return <li><Rename title={item.title ?? ''} onDone={done} /></li>;
  }
  return (
    <li className="group/item relative" data-testid="conversation">
      <Link
        href={conversationHref(item.id)}
        onClick={onPick}
        title={title}
        className="flex min-h-9 items-center gap-2 rounded-lg py-1.5 pr-9 pl-2.5 text-sm hover:bg-hover coarse:min-h-11"
        activeClass="bg-hover font-medium"
      >
        <span className="truncate">{title}</span>
        {item.project_id !== null && <ProjectName id={item.project_id} />}
        {item.running && <span className="lap size-1.5 shrink-0 rounded-full bg-accent" role="img" aria-label={t('list.running')} />}
      </Link>
      <MenuButton
        label={t('conversation.menu', { title })}
        width="w-48"
        className={`${ICON_BUTTON} absolute top-0.5 right-0.5 opacity-0 group-focus-within/item:opacity-100 group-hover/item:opacity-100 aria-expanded:opacity-100 coarse:opacity-100`}
        entries={() => [
          { kind: 'item', id: 'rename', label: t('rename'), onPick: () => setRenaming(true) },
          { kind: 'item', id: 'move', label: t('move.action'), onPick: move },
          { kind: 'item', id: 'delete', label: t('delete'), danger: true, onPick: () => void trash(item) },
        ]}
      >
        <Icon name="more" />
      </MenuButton>
    </li>
  );
}

/** The project of a conversation in the list: a name beside its own, as long as it is known. */
function ProjectName({ id }: { id: string }): ReactNode {
  const { data } = useQuery(projectsQuery);
  const name = data?.find((one) => one.id === id)?.name;
  if (!name) return null;
  return (
    <span data-testid="project-of" className="ml-auto max-w-[42%] shrink-0 truncate rounded border border-line px-1.5 text-xs font-normal text-muted">
      <span className="sr-only">{t('place.project', { name: '' })}</span>
      {name}
    </span>
  );
}

function Rename({ title, onDone }: { title: string; onDone: (title: string | null) => void }): ReactNode {
  const [value, setValue] = useState(title);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // After the menu has given focus back.
    const timer = setTimeout(() => input.current?.select(), 60);
    return () => clearTimeout(timer);
  }, []);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onDone(value.trim());
      }}
    >
      <input
        ref={input}
        aria-label={t('conversation.newTitle')}
        className="min-h-9 w-full rounded-lg border border-accent bg-surface px-2 text-sm"
        value={value}
        onChange={(event) => setValue(event.target.value)}
        onBlur={() => document.hasFocus() && onDone(value.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            onDone(null);
          }
        }}
      />
    </form>
  );
}
