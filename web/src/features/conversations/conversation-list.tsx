/** Past conversations, newest activity first, grouped by age; or the archive, or what has a tag. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { conversationListQuery, conversationQuery } from '@/api/queries';
import type { Conversation } from '@/api/types';
import { apply } from '@/features/conversations/acts';
import { Item, renaming } from '@/features/conversations/item';
import { t } from '@/i18n/t';
import { useActions, type Action } from '@/lib/actions';
import { selection, shown, tagging } from '@/lib/at-hand';
import { moving } from '@/lib/moving';
import { useConversationId } from '@/lib/place';
import { useStore } from '@/lib/store';
import { ageOf, type Age } from '@/lib/time';

const ListHead = lazy(() => import('@/features/conversations/list-head'));
const SelectionBar = lazy(() => import('@/features/conversations/selection-bar'));

export function ConversationList({ onPick, above }: { onPick: () => void; above: ReactNode }): ReactNode {
  const shelf = useStore(shown);
  const query = useInfiniteQuery(conversationListQuery(shelf));
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const placed = items.some((item) => item.project_id !== null);
  const groups = useMemo(() => grouped(items), [items]);
  const order = useMemo(() => items.map((item) => item.id), [items]);
  const { hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const more = useNearEnd(hasNextPage && !isFetchingNextPage, () => void fetchNextPage());
  const choosing = useStore(selection) !== null;
  useListActions(order);
  return (
    <>
      <Suspense fallback={<div className="h-9 shrink-0" />}>
        <ListHead count={items.length} />
      </Suspense>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-2" data-testid="conversation-list" onKeyDown={choosing ? onListKey : undefined}>
        {placed && above}
        {query.data && items.length === 0 && <p className="px-2.5 py-2 text-sm text-muted">{t(emptyText(shelf.place, shelf.tag))}</p>}
        {query.error && !query.data && <p className="px-2.5 py-2 text-sm text-muted">{t('list.unreachable')}</p>}
        {groups.map(([age, some]) => (
          <section key={age} aria-label={t(`age.${age}`)}>
            <h2 className="px-2.5 pt-3 pb-1 text-xs font-medium text-muted">{t(`age.${age}`)}</h2>
            <ul className="grid grid-cols-[minmax(0,1fr)]">
              {some.map((item) => (
                <Item key={item.id} item={item} order={order} onPick={onPick} />
              ))}
            </ul>
          </section>
        ))}
        <div ref={more} className="h-2" />
      </div>
      {choosing && (
        <Suspense>
          <SelectionBar items={items} />
        </Suspense>
      )}
    </>
  );
}

function emptyText(place: string | undefined, tag: string | undefined): 'list.emptyArchive' | 'list.emptyTag' | 'list.empty' {
  if (place === 'archived') return 'list.emptyArchive';
  return tag === undefined ? 'list.empty' : 'list.emptyTag';
}

function grouped(items: Conversation[]): [Age, Conversation[]][] {
  const groups = new Map<Age, Conversation[]>();
  for (const item of items) {
    const age = ageOf(item.archived_at ?? item.last_activity_at);
    groups.set(age, [...(groups.get(age) ?? []), item]);
  }
  return [...groups];
}

/** While choosing: arrows go through the boxes, Ctrl+A takes all that are shown, Esc ends it. */
function onListKey(event: KeyboardEvent<HTMLElement>): void {
  const boxes = [...event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
  const at = boxes.indexOf(event.target as HTMLInputElement);
  if (at < 0) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const next = boxes[event.key === 'ArrowDown' ? at + 1 : at - 1];
    next?.focus();
    if (event.shiftKey && next && !next.checked) next.click();
  } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
    selection.set((before) => ({ ids: boxes.map((box) => box.value), anchor: before?.anchor ?? null }));
  } else if (event.key === 'Escape') {
    selection.set(null);
    document.querySelector<HTMLElement>('[data-testid=select]')?.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** What the palette offers for the list and for the open conversation, in the list or not. */
function useListActions(order: readonly string[]): void {
  const id = useConversationId();
  const { data: open } = useQuery({ ...conversationQuery(id ?? ''), enabled: id !== null });
  useActions(() => {
    const places = t('group.go');
    return [
      { id: 'archive', title: t('shown.archive'), group: places, run: () => shown.set({ place: 'archived' }) },
      ...(order.length > 0 ? [{ id: 'select', title: t('select.begin'), group: places, run: () => selection.set({ ids: [], anchor: null }) }] : []),
    ];
  }, [order]);
  useActions(() => (open ? ofConversation(open, order.includes(open.id)) : []), [open, order]);
}

function ofConversation(item: Conversation, inList: boolean): Action[] {
  const group = t('group.conversation');
  const [action, title] = item.archived_at === null ? (['archive', t('conversation.archive')] as const) : (['unarchive', t('conversation.unarchive')] as const);
  return [
    ...(inList ? [{ id: 'rename', title: t('conversation.rename'), group, run: () => renaming.set(item.id) }] : []),
    { id: 'tags', title: t('conversation.tags'), group, run: () => tagging.set([item.id]) },
    { id: 'move', title: t('move.action'), group, run: () => moving.set({ id: item.id, title: item.title ?? t('conversation.untitled'), projectId: item.project_id }) },
    { id: 'put-away', title, group, run: () => apply({ action, ids: [item.id] }) },
    { id: 'delete', title: t('conversation.delete'), group, run: () => apply({ action: 'delete', ids: [item.id] }) },
  ];
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
