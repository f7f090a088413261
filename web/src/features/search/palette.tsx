/** Ctrl+K: every action, and every word of past conversations. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import { search } from '@/api/client';
import { modelsQuery } from '@/api/queries';
import type { Model, SearchHit } from '@/api/types';
import { hitHref, Snippet } from '@/features/search/hit';
import { ts } from '@/features/search/words';
import { t } from '@/i18n/t';
import { actions, type Action } from '@/lib/actions';
import { modelHref } from '@/lib/model-href';
import { go, withSearch } from '@/lib/place';
import { useStore } from '@/lib/store';
import { shortTime } from '@/lib/time';
import { takeTyped } from '@/lib/typed-ahead';
import { Dialog } from '@/ui/dialog';
import { Icon } from '@/ui/icons';
import { Keys } from '@/ui/keys';
import { Sentence } from '@/ui/sentence';

const PAUSE_MS = 140;

type Entry =
  | { kind: 'action'; id: string; action: Action }
  | { kind: 'hit'; id: string; hit: SearchHit }
  | { kind: 'all'; id: string; q: string };

export default function Palette({ onClose }: { onClose: () => void }): ReactNode {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const { entries, refusal } = useEntries(text);
  const pick = usePick(onClose);
  const current = Math.min(at, entries.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      setAt((current + step + entries.length) % entries.length);
    }
    const entry = entries[current];
    if (event.key === 'Enter' && entry) {
      event.preventDefault();
      pick(entry);
    }
  };
  useEffect(() => {
    document.getElementById(`${listId}-${current}`)?.scrollIntoView({ block: 'nearest' });
  }, [current, listId]);
  return (
    <Dialog title={t('palette.title')} open onClose={onClose} bare>
      <div className="flex items-center gap-2.5 border-b border-line px-4 text-muted">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={entries.length > 0 ? `${listId}-${current}` : undefined}
          aria-label={t('palette.label')}
          data-testid="palette-input"
          placeholder={t('palette.placeholder')}
          value={text}
          onFocus={() => {
            const typed = takeTyped();
            if (typed) setText(typed);
          }}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="min-h-13 flex-1 bg-transparent text-base text-ink placeholder:text-muted focus-visible:outline-none"
        />
      </div>
      <ul id={listId} role="listbox" aria-label={t('palette.results')} className="min-h-0 overflow-y-auto p-1.5" data-testid="palette-results">
        {entries.map((entry, i) => (
          <li
            key={entry.id}
            id={`${listId}-${i}`}
            role="option"
            aria-selected={i === current}
            onPointerMove={() => setAt(i)}
            onClick={() => pick(entry)}
            className={`flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 text-sm ${i === current ? 'bg-hover' : ''}`}
          >
            <Row entry={entry} />
          </li>
        ))}
      </ul>
      {refusal && <p className="px-5 pb-4 text-sm text-warn [overflow-wrap:anywhere]" role="alert"><Sentence text={refusal.message} /></p>}
      {entries.every((entry) => entry.kind === 'all') && !refusal && <p className="px-5 pb-5 text-sm text-muted" role="status">{t('palette.nothing')}</p>}
    </Dialog>
  );
}

function useEntries(text: string): { entries: Entry[]; refusal: Error | null } {
  const offered = useStore(actions);
  const wanted = text.trim().toLowerCase();
  const [q, setQ] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setQ(wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  const { data, error } = useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => search(q, null, signal),
    enabled: q.length >= 2,
    placeholderData: (before) => before,
  });
  const words = wanted.split(/\s+/).filter(Boolean);
  const models = useQuery(modelsQuery).data?.items ?? [];
  const places = words.length > 0 ? [...offered, ...models.map(modelPlace)] : offered;
  const found = places.filter((action) => action.id !== 'palette' && words.every((word) => `${action.title} ${action.group}`.toLowerCase().includes(word)));
  const hits = wanted.length >= 2 && !error ? (data?.items ?? []) : [];
  const all: Entry[] = wanted.length >= 2 ? [{ kind: 'all', id: 'all', q: text.trim() }] : [];
  return {
    entries: [
      ...found.map((action): Entry => ({ kind: 'action', id: `a-${action.id}`, action })),
      ...hits.map((hit): Entry => ({ kind: 'hit', id: `h-${hit.message_id}`, hit })),
      ...all,
    ],
    refusal: wanted.length >= 2 ? error : null,
  };
}

/** The way to a model's page, by its reference. */
function modelPlace({ ref }: Model): Action {
  return { id: `model-${ref}`, title: ref, group: t('action.models'), run: () => go(modelHref(ref)) };
}

function usePick(onClose: () => void): (entry: Entry) => void {
  return (entry) => {
    onClose();
    if (entry.kind === 'action') setTimeout(entry.action.run, 0);
    else if (entry.kind === 'all') go(withSearch('/search', { q: entry.q }));
    else go(hitHref(entry.hit));
  };
}

function Row({ entry }: { entry: Entry }): ReactNode {
  if (entry.kind === 'action') return <ActionRow action={entry.action} />;
  if (entry.kind === 'hit') return <HitRow hit={entry.hit} />;
  return (
    <>
      <span className="min-w-0 flex-1 truncate">{ts('search.all', { q: entry.q })}</span>
      <Icon name="right" size={16} />
    </>
  );
}

function ActionRow({ action }: { action: Action }): ReactNode {
  return (
    <>
      <span className="flex-1">{action.title}</span>
      <span className="text-xs text-muted">{action.group}</span>
      {action.shortcut && <span className="coarse:hidden"><Keys keys={action.shortcut} /></span>}
    </>
  );
}

function HitRow({ hit }: { hit: SearchHit }): ReactNode {
  return (
    <span className="min-w-0 flex-1">
      <span className="flex items-baseline gap-2">
        <span className="truncate font-medium">{hit.conversation_title ?? t('conversation.untitled')}</span>
        <span className="ml-auto shrink-0 text-xs text-muted">{shortTime(hit.created_at)}</span>
      </span>
      <span className="line-clamp-2 text-[0.8125rem] text-muted">
        <Snippet hit={hit} />
      </span>
    </span>
  );
}
