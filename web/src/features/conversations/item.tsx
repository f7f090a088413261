/** A conversation in the list: a link with a menu, or a box while several are chosen. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { projectsQuery } from '@/api/projects';
import type { Conversation } from '@/api/types';
import { apply, rename } from '@/features/conversations/acts';
import { t } from '@/i18n/t';
import { choose, selection, tagging } from '@/lib/at-hand';
import { moving } from '@/lib/moving';
import { conversationHref, Link } from '@/lib/place';
import { createStore, useSelected } from '@/lib/store';
import { ICON_BUTTON } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton, type MenuEntry } from '@/ui/menu-button';

/** The conversation whose title is being written. */
export const renaming = createStore<string | null>(null);

const ROW = 'flex min-h-9 items-center gap-2 rounded-lg py-1.5 pl-2.5 text-sm hover:bg-hover coarse:min-h-11';

interface ItemProps {
  item: Conversation;
  /** All ids that are shown, as they stand. */
  order: readonly string[];
  onPick: () => void;
}

export function Item({ item, order, onPick }: ItemProps): ReactNode {
  const written = useSelected(renaming, (id) => id === item.id);
  const chosen = useSelected(selection, (now) => (now === null ? null : now.ids.includes(item.id)));
  const title = item.title ?? t('conversation.untitled');
  if (written) {
    const done = (next: string | null): void => {
      renaming.set(null);
      if (next && next !== item.title) rename(item, next);
    };
    return <li><Rename title={item.title ?? ''} onDone={done} /></li>;
  }
  if (chosen !== null) return <Box item={item} title={title} chosen={chosen} order={order} />;
  return (
    <li className="group/item relative" data-testid="conversation">
      <Link href={conversationHref(item.id)} onClick={onPick} title={title} className={`${ROW} pr-9`} activeClass="bg-hover font-medium">
        <Name item={item} title={title} />
      </Link>
      <MenuButton
        label={t('conversation.menu', { title })}
        width="w-48"
        className={`${ICON_BUTTON} absolute top-0.5 right-0.5 opacity-0 group-focus-within/item:opacity-100 group-hover/item:opacity-100 aria-expanded:opacity-100 coarse:opacity-100`}
        entries={() => entriesOf(item)}
      >
        <Icon name="more" />
      </MenuButton>
    </li>
  );
}

function entriesOf(item: Conversation): MenuEntry[] {
  const ids = [item.id];
  const archived = item.archived_at !== null;
  return [
    { kind: 'item', id: 'rename', label: t('rename'), onPick: () => renaming.set(item.id) },
    { kind: 'item', id: 'tags', label: t('tags.edit'), onPick: () => tagging.set(ids) },
    { kind: 'item', id: 'move', label: t('move.action'), onPick: () => moving.set({ id: item.id, title: item.title ?? t('conversation.untitled'), projectId: item.project_id }) },
    { kind: 'item', id: 'archive', label: t(archived ? 'unarchive' : 'archive'), onPick: () => apply({ action: archived ? 'unarchive' : 'archive', ids }) },
    { kind: 'item', id: 'select', label: t('select.this'), onPick: () => selection.set({ ids, anchor: item.id }) },
    { kind: 'item', id: 'delete', label: t('delete'), danger: true, onPick: () => apply({ action: 'delete', ids }) },
  ];
}

function Name({ item, title }: { item: Conversation; title: string }): ReactNode {
  return (
    <span className="min-w-0 flex-1">
      <span className="flex items-center gap-2">
        <span className="truncate">{title}</span>
        {item.project_id !== null && <ProjectName id={item.project_id} />}
        {item.running && <span className="lap size-1.5 shrink-0 rounded-full bg-accent" role="img" aria-label={t('list.running')} />}
      </span>
      {item.tags.length > 0 && <span className="block truncate text-xs font-normal text-muted" data-testid="item-tags">{item.tags.join(' · ')}</span>}
    </span>
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

function Box({ item, title, chosen, order }: { item: Conversation; title: string; chosen: boolean; order: readonly string[] }): ReactNode {
  const onClick = (event: MouseEvent<HTMLInputElement>): void => choose(item.id, order, event.shiftKey);
  return (
    <li data-testid="conversation">
      <label className={`${ROW} cursor-pointer pr-2 select-none ${chosen ? 'bg-accent-soft' : ''}`}>
        <input type="checkbox" className="size-6 shrink-0 accent-accent" value={item.id} checked={chosen} onClick={onClick} onChange={() => undefined} />
        <Name item={item} title={title} />
      </label>
    </li>
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
