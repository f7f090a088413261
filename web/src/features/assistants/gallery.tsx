/** All assistants of a person: looked up by words and by state, as cards or as a list; and those to begin with. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { cardsQuery, type Wanted } from '@/api/assistants';
import { Card, Line } from '@/features/assistants/card';
import { GALLERY } from '@/features/assistants/doing';
import { NewAssistant } from '@/features/assistants/make';
import { Starters } from '@/features/assistants/starters';
import { ta } from '@/features/assistants/words';
import { t } from '@/i18n/t';
import { go, Link, usePlace, withSearch } from '@/lib/place';
import { readSaved, writeSaved } from '@/lib/saved';
import { Button } from '@/ui/button';
import { INPUT } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { CARD, PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const FILTERS = ['all', 'active', 'draft', 'archived', 'featured'] as const;
type Filter = (typeof FILTERS)[number];
type Layout = 'cards' | 'list';

const PAUSE_MS = 200;

function wantedBy(filter: Filter, q: string): Wanted {
  const words = q === '' ? {} : { q };
  if (filter === 'featured') return { ...words, only: 'featured' };
  return filter === 'all' ? words : { ...words, status: filter };
}

export function Gallery(): ReactNode {
  const { search, hash } = usePlace();
  const filter = FILTERS.find((one) => one === search.show) ?? 'all';
  const [words, setWords] = useState(search.q ?? '');
  const [q, setQ] = useState(words.trim());
  const [layout, setLayout] = useState<Layout>(() => readSaved('assistants.layout', 'cards'));
  useEffect(() => {
    const timer = setTimeout(() => setQ(words.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  const query = useInfiniteQuery({ ...cardsQuery(wantedBy(filter, q)), placeholderData: (before) => before });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const fresh = query.data !== undefined && !query.isPlaceholderData;
  const nobody = fresh && items.length === 0 && filter === 'all' && q === '';
  const choose = (next: Layout): void => {
    setLayout(next);
    writeSaved('assistants.layout', next);
  };
  return (
    <PlacePage wide title={ta('title')} actions={<Button look="primary" icon="plus" onClick={() => go(`${GALLERY}#new`)}>{ta('new')}</Button>}>
      <div className="-mt-3 grid gap-4">
        <p className="text-muted">{ta('lead')}</p>
        {!nobody && (
          <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
            <label className="relative min-w-40 flex-1">
              <span className="sr-only">{ta('search')}</span>
              <span className="pointer-events-none absolute inset-y-0 left-2.5 grid place-content-center text-muted"><Icon name="search" size={16} /></span>
              <input type="search" className={`${INPUT} pl-8.5`} placeholder={ta('search')} value={words} maxLength={200} data-testid="assistant-search" onChange={(event) => setWords(event.target.value)} />
            </label>
            <span className="sm:order-last"><Layouts current={layout} onChoose={choose} /></span>
            <Filters current={filter} />
          </div>
        )}
      </div>
      {query.error && !query.data && <Refused error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Reading what={ta('title')} />}
      {nobody && (
        <div className="grid justify-items-center gap-1 rounded-2xl border border-dashed border-edge px-4 py-8 text-center" data-testid="no-assistants">
          <h2 className="font-serif text-xl">{ta('none.title')}</h2>
          <p className="text-muted">{ta('none.lead')}</p>
        </div>
      )}
      {fresh && items.length === 0 && !nobody && <p className={`${CARD} p-4 text-sm text-muted`} role="status">{q !== '' ? ta('search.nothing') : filter === 'all' ? ta('none.title') : ta(`filter.none.${filter}`)}</p>}
      {items.length > 0 && (
        <ul aria-label={ta('title')} aria-busy={query.isPlaceholderData} className={layout === 'cards' ? 'grid grid-cols-[repeat(auto-fill,minmax(min(17.5rem,100%),1fr))] gap-3.5' : `${CARD} divide-y divide-line`}>
          {items.map((one) => (layout === 'cards' ? <Card key={one.id} assistant={one} /> : <Line key={one.id} assistant={one} />))}
        </ul>
      )}
      {query.hasNextPage && <Button className="justify-self-center" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
      {q === '' && (filter === 'all' || filter === 'active') && query.data && <Starters />}
      {hash === 'new' && <NewAssistant onClose={() => go(GALLERY, { replace: true })} />}
    </PlacePage>
  );
}

const PILL = 'inline-flex min-h-8 items-center rounded-full px-3 text-sm coarse:min-h-10';

function Filters({ current }: { current: Filter }): ReactNode {
  return (
    <nav aria-label={ta('filter.label')} className="flex flex-wrap gap-1">
      {FILTERS.map((one) => (
        <Link
          key={one}
          href={withSearch(GALLERY, { show: one === 'all' ? undefined : one })}
          aria-current={one === current ? 'page' : undefined}
          className={`${PILL} ${one === current ? 'bg-accent-soft font-medium text-accent-strong' : 'text-muted hover:bg-hover hover:text-ink'}`}
        >
          {ta(`filter.${one}`)}
        </Link>
      ))}
    </nav>
  );
}

function Layouts({ current, onChoose }: { current: Layout; onChoose: (layout: Layout) => void }): ReactNode {
  return (
    <div role="group" aria-label={ta('layout.label')} className="flex rounded-lg border border-line p-0.5">
      {(['cards', 'list'] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === current} onClick={() => onChoose(one)} className={`min-h-7 rounded-md px-2.5 text-sm coarse:min-h-9 ${one === current ? 'bg-hover font-medium' : 'text-muted hover:text-ink'}`}>
          {ta(`layout.${one}`)}
        </button>
      ))}
    </div>
  );
}
