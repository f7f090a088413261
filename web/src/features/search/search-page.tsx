/** Search as a place: words and filters in the address, filters to pick, what was found by conversation. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { search } from '@/api/client';
import { ApiError } from '@/api/http';
import type { SearchHit } from '@/api/types';
import { FilterChips } from '@/features/search/filter-chips';
import { hitHref, Snippet } from '@/features/search/hit';
import { ts } from '@/features/search/words';
import { t } from '@/i18n/t';
import { go, Link, usePlace, withSearch } from '@/lib/place';
import { fullTime, shortTime } from '@/lib/time';
import { Button } from '@/ui/button';
import { INPUT } from '@/ui/field';
import { CARD, PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';
import { Sentence } from '@/ui/sentence';

const PAUSE_MS = 200;

export default function SearchPage(): ReactNode {
  const asked = usePlace().search['q'] ?? '';
  const [text, setText] = useState(asked);
  const [at, setAt] = useState(asked);
  if (asked !== at) {
    // The address changed by itself: Back, or a link.
    setAt(asked);
    if (asked !== text.trim()) setText(asked);
  }
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text.trim() !== asked) go(withSearch('/search', { q: text.trim() || undefined }), { replace: true });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, asked]);
  return (
    <PlacePage title={ts('search.title')}>
      <form role="search" className="grid grid-cols-[minmax(0,1fr)] gap-3" onSubmit={(event) => event.preventDefault()}>
        <input
          autoFocus
          role="searchbox"
          enterKeyHint="search"
          spellCheck={false}
          aria-label={ts('search.label')}
          placeholder={ts('search.placeholder')}
          data-testid="search-input"
          className={`${INPUT} min-h-11 text-base`}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <FilterChips text={text} onText={setText} />
      </form>
      <Results q={asked} />
    </PlacePage>
  );
}

function Results({ q }: { q: string }): ReactNode {
  const query = useInfiniteQuery({
    queryKey: ['search', 'all', q],
    queryFn: ({ pageParam, signal }) => search(q, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: q !== '',
  });
  if (q === '') return <Told title={ts('search.empty')} hint={ts('search.emptyHint')} />;
  if (query.error) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Reading what={ts('search.reading')} />;
  const hits = query.data.pages.flatMap((page) => page.items);
  if (hits.length === 0) return <Told title={ts('search.nothing')} hint={ts('search.nothingHint')} />;
  const groups = grouped(hits);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4" data-testid="found">
      <p role="status" className="text-sm text-muted">{ts(query.hasNextPage ? 'search.foundMore' : 'search.found', { n: hits.length, m: groups.length })}</p>
      {groups.map((group) => (
        <Found key={group[0].conversation_id} hits={group} />
      ))}
      {query.hasNextPage && <Button className="justify-self-center" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </div>
  );
}

type Some = [SearchHit, ...SearchHit[]];

/** By conversation, the one with the newest hit first. */
function grouped(hits: SearchHit[]): Some[] {
  const groups = new Map<string, Some>();
  for (const hit of hits) {
    const group = groups.get(hit.conversation_id);
    if (group) group.push(hit);
    else groups.set(hit.conversation_id, [hit]);
  }
  return [...groups.values()];
}

function Found({ hits }: { hits: Some }): ReactNode {
  const title = hits[0].conversation_title ?? t('conversation.untitled');
  return (
    <section aria-label={title} className={`${CARD} overflow-hidden`} data-testid="found-conversation">
      <h2 className="truncate px-4 pt-3 pb-1 text-[0.9375rem] font-semibold">{title}</h2>
      <ul className="divide-y divide-line">
        {hits.map((hit) => (
          <li key={hit.message_id}>
            <Link href={hitHref(hit)} className="flex gap-3 px-4 py-2.5 text-sm hover:bg-hover">
              <span className="line-clamp-3 min-w-0 flex-1 [overflow-wrap:anywhere]"><Snippet hit={hit} /></span>
              <time dateTime={hit.created_at} title={fullTime(hit.created_at)} className="shrink-0 text-xs text-muted">{shortTime(hit.created_at)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Told({ title, hint }: { title: string; hint: string }): ReactNode {
  return (
    <div role="status" className="grid justify-items-center gap-1 py-10 text-center">
      <p className="font-serif text-xl">{title}</p>
      <p className="max-w-md text-sm text-muted">{hint}</p>
    </div>
  );
}

/** What is wrong with a filter is for the person to mend: trying again would not. */
function Trouble({ error, onRetry }: { error: Error; onRetry: () => void }): ReactNode {
  if (error instanceof ApiError && error.status === 400) {
    return <p role="alert" className="rounded-xl bg-warn-soft px-4 py-3 text-sm text-warn [overflow-wrap:anywhere]"><Sentence text={error.message} /></p>;
  }
  return <Refused error={error} onRetry={onRetry} />;
}
