/** What was imported: how far it is, its reckoning, what was skipped and why, and taking it back. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { imports, importsQuery, isOpen, skippedQuery } from '@/api/imports';
import { queryClient } from '@/api/queries';
import type { ImportCounts, ImportJob, Skipped } from '@/api/types';
import { ti } from '@/features/imports/words';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { conversationHref, Link } from '@/lib/place';
import { fullTime } from '@/lib/time';
import { problem } from '@/lib/toasts';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Columns } from '@/features/imports/columns';
import { CARD, Group } from '@/ui/page';

const TONES: Record<ImportJob['state'], Tone> = {
  queued: 'plain', running: 'plain', done: 'good', failed: 'bad', cancelled: 'warn', undoing: 'plain', undone: 'plain',
};
const COUNTS = ['found', 'imported', 'already', 'skipped'] as const;
const KINDS = ['conversation', 'message', 'project', 'assistant', 'prompt', 'profile', 'setting', 'file', 'document'] as const;
const CELL = 'px-2 py-1.5 max-sm:px-1 text-right tabular-nums first:pl-0 first:text-left last:pr-0';

export function ImportList(): ReactNode {
  const { data, error } = useQuery(importsQuery);
  const items = data?.items ?? [];
  useWhenOneEnds(items);
  return (
    <Group id="imports" title={ti('imports.list')}>
      {error && <p role="alert" className="text-sm text-danger">{error.message}</p>}
      {data && items.length === 0 && <p className="text-sm text-muted">{ti('imports.none')}</p>}
      {items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`} data-testid="imports">
          {items.map((one) => <Row key={one.id} one={one} />)}
        </ul>
      )}
    </Group>
  );
}

/** Reads the conversations again once an import, or its undoing, is over, and says so. */
function useWhenOneEnds(items: readonly ImportJob[]): void {
  const open = items.filter(isOpen).length;
  const before = useRef(open);
  const last = items[0];
  useEffect(() => {
    if (open < before.current) {
      void queryClient.invalidateQueries({ queryKey: ['conversations'] });
      void queryClient.invalidateQueries({ queryKey: ['assistants'] });
      void queryClient.invalidateQueries({ queryKey: ['projects'] });
      void queryClient.invalidateQueries({ queryKey: ['profiles'] });
      if (last) announce(`${nameOf(last)}: ${ti(`imports.state.${last.state}`)}`);
    }
    before.current = open;
  }, [open, last]);
}

async function asked(what: Promise<unknown>, done: string | null = null): Promise<void> {
  try {
    await what;
    if (done) announce(done);
  } catch (error) {
    problem(error);
  }
}

function nameOf(one: ImportJob): string {
  return one.files.map((file) => file.name).join(', ');
}

function Row({ one }: { one: ImportJob }): ReactNode {
  const name = nameOf(one);
  const undoable = !one.dry_run && one.imported > 0 && (one.state === 'done' || one.state === 'failed' || one.state === 'cancelled');
  const stoppable = one.state === 'queued' || one.state === 'running';
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-2.5 p-4" data-testid="import" data-state={one.state}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
            <Badge tone={TONES[one.state]}>{ti(`imports.state.${one.state}`)}</Badge>
            {one.dry_run && <Badge>{ti('imports.dry')}</Badge>}
            <span>{[one.format, fullTime(one.created_at)].filter(Boolean).join(' · ')}</span>
          </p>
        </div>
        {stoppable && <Button icon="close" className="min-h-8 px-2.5" aria-label={ti('imports.stopNamed', { name })} onClick={() => void asked(imports.cancel(one.id))}>{ti('imports.stop')}</Button>}
        {undoable && (
          <Confirm
            trigger={<Button icon="undo" className="min-h-8 px-2.5" aria-label={ti('imports.undoNamed', { name })}>{ti('imports.undo')}</Button>}
            title={ti('imports.undoTitle', { name })}
            detail={ti('imports.undoDetail')}
            action={ti('imports.undo')}
            onConfirm={() => void asked(imports.undo(one.id), ti('imports.undoing'))}
          />
        )}
      </div>
      {stoppable && <Progress one={one} name={name} />}
      {one.detail && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{one.detail}</p>}
      {!stoppable && one.found > 0 && <Reckoning one={one} name={name} />}
      {one.kinds.assistant && one.state === 'done' && <Columns id={one.id} name={name} />}
      {one.skipped > 0 && one.state === 'done' && <SkippedThings id={one.id} />}
      {one.kept.length > 0 && <Kept one={one} />}
    </li>
  );
}

function Progress({ one, name }: { one: ImportJob; name: string }): ReactNode {
  const share = one.total_bytes ? Math.min(1, one.done_bytes / one.total_bytes) : 0;
  return (
    <div className="grid gap-1">
      <div
        role="progressbar"
        aria-label={ti('imports.progress', { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${Math.max(0.02, share) * 100}%` }} />
      </div>
      <p className="text-sm text-muted tabular-nums">{ti('imports.found', { n: one.found })}</p>
    </div>
  );
}

function Reckoning({ one, name }: { one: ImportJob; name: string }): ReactNode {
  const kinds = KINDS.filter((kind) => one.kinds[kind]);
  return (
    <table className="w-full max-w-xl text-sm max-sm:text-xs" data-testid="reckoning">
      <caption className="sr-only">{ti('imports.reckoning', { name })}</caption>
      <thead>
        <tr className="text-muted">
          <th scope="col" className={`${CELL} font-normal`}><span className="sr-only">{ti('imports.kind')}</span></th>
          {COUNTS.map((count) => <th key={count} scope="col" className={`${CELL} font-normal`}>{ti(`imports.count.${count}`)}</th>)}
        </tr>
      </thead>
      <tbody className="divide-y divide-line">
        {kinds.map((kind) => <Line key={kind} title={ti(`imports.kind.${kind}`)} counts={one.kinds[kind]} />)}
        {kinds.length > 1 && <Line title={ti('imports.all')} counts={one} strong />}
      </tbody>
    </table>
  );
}

function Line({ title, counts, strong = false }: { title: string; counts: ImportCounts | undefined; strong?: boolean }): ReactNode {
  if (!counts) return null;
  return (
    <tr className={strong ? 'font-medium' : ''}>
      <th scope="row" className={`${CELL} ${strong ? '' : 'font-normal'}`}>{title}</th>
      {COUNTS.map((count) => <td key={count} className={CELL}>{counts[count]}</td>)}
    </tr>
  );
}

function SkippedThings({ id }: { id: string }): ReactNode {
  const [open, setOpen] = useState(false);
  const query = useInfiniteQuery({ ...skippedQuery(id), enabled: open });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-8 cursor-pointer py-1 text-muted hover:text-ink">{ti('imports.skipped')}</summary>
      {query.error && <p role="alert" className="text-danger">{query.error.message}</p>}
      <ul className="mt-1 grid grid-cols-[minmax(0,1fr)] gap-2" data-testid="skipped">
        {items.map((item, i) => <SkippedThing key={i} item={item} />)}
      </ul>
      {query.hasNextPage && <Button className="mt-2" onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </details>
  );
}

function SkippedThing({ item }: { item: Skipped }): ReactNode {
  return (
    <li>
      <p className="[overflow-wrap:anywhere]">
        <code className="text-[0.8125rem]">{item.ref}</code>: {item.reason}
      </p>
      {item.document ? (
        <details>
          <summary className="min-h-6 cursor-pointer text-muted hover:text-ink">{ti('imports.says')}</summary>
          <pre className="mt-1 overflow-x-auto rounded-lg bg-hover p-2.5 text-xs" tabIndex={0}>{JSON.stringify(item.document, null, 2)}</pre>
        </details>
      ) : (
        item.kind === 'message' && <p className="text-muted">{ti('imports.unreadable')}</p>
      )}
    </li>
  );
}

function idOf(item: ImportJob['kept'][number]): string {
  return item.assistant_id ?? item.project_id ?? item.prompt_id ?? item.profile_id ?? '';
}

function Kept({ one }: { one: ImportJob }): ReactNode {
  return (
    <div className="text-sm" role="note">
      <p className="text-muted">{ti('imports.kept')}</p>
      <ul className="list-disc pl-5">
        {one.kept.map((item) => (
          <li key={item.conversation_id ?? idOf(item)}>
            {item.conversation_id ? <Link href={conversationHref(item.conversation_id)} className="underline">{item.conversation_id}</Link> : idOf(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}
