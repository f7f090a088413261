/** Background work: what runs and how far it is, what waits, what went wrong and why, what is over. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { jobs, jobsQuery, places, type Job, type Shelf } from '@/api/jobs';
import { queryClient } from '@/api/queries';
import { amount, facts, nameOf, share } from '@/features/jobs/words';
import { tj } from '@/features/jobs/texts';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CARD, Group, PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const TONES: Partial<Record<Job['state'], Tone>> = { done: 'good', cancelled: 'warn' };

function readAgain(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['jobs'] });
}

async function cancel(job: Job): Promise<void> {
  try {
    const now = await jobs.cancel(job.id);
    const again = { label: tj('jobs.again'), run: () => void retry(job) };
    toast(tj('jobs.stopped', { name: nameOf(job) }), now.can_retry ? { action: again, ms: 10_000 } : {});
  } catch (error) {
    problem(error);
  }
  await readAgain();
}

async function retry(job: Job): Promise<void> {
  try {
    await jobs.retry(job.id);
    toast(tj('jobs.begun'));
  } catch (error) {
    problem(error);
  }
  await readAgain();
}

/** One part of the page: its list, and what of it is shown. */
function usePart(shelf: Shelf) {
  const query = useInfiniteQuery(jobsQuery(shelf));
  return { shelf, query, items: query.data?.pages.flatMap((page) => page.items) ?? [], at: query.dataUpdatedAt };
}

export default function JobsPage(): ReactNode {
  const lively = [usePart('running'), usePart('queued'), usePart('failed'), usePart('over')];
  const scheduled = usePart('scheduled');
  const where = places(lively);
  const error = lively.find(({ query }) => query.error)?.query.error;
  const read = lively.every(({ query }) => query.data);
  const none = read && where.size === 0;
  return (
    <PlacePage title={t('jobs.title')}>
      <p className="text-muted">{tj('jobs.lead')}</p>
      {error && <Refused error={error} onRetry={() => void readAgain()} />}
      {!read && !error && <Reading what={t('jobs.title')} />}
      {none && (
        <div className={`${CARD} grid gap-1 p-4 text-sm`} data-testid="no-jobs">
          <p className="font-medium">{tj('jobs.none')}</p>
          <p className="text-muted">{tj('jobs.noneDetail')}</p>
        </div>
      )}
      {read && lively.map((part) => <Part key={part.shelf} {...part} items={part.items.filter((job) => where.get(job.id) === part.shelf)} />)}
      {read && <Part {...scheduled} lead={tj('jobs.scheduledLead')} />}
    </PlacePage>
  );
}

function Part({ shelf, query, items, lead = '' }: Omit<ReturnType<typeof usePart>, 'at'> & { lead?: string }): ReactNode {
  if (items.length === 0) return null;
  return (
    <Group id={shelf} title={tj(`jobs.${shelf}`)} lead={lead}>
      <ul className={`${CARD} divide-y divide-line`} aria-label={tj(`jobs.${shelf}`)} data-testid={`jobs-${shelf}`}>
        {items.map((job) => <Row key={job.id} job={job} />)}
      </ul>
      {query.hasNextPage && <Button className="justify-self-center" onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </Group>
  );
}

function Row({ job }: { job: Job }): ReactNode {
  const name = nameOf(job);
  const early = job.state === 'queued';
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-2 p-3.5" data-testid="job" data-state={job.state} data-id={job.id}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium [overflow-wrap:anywhere]">
            {name}
            {job.finished_at && job.state !== 'failed' && <Badge tone={TONES[job.state] ?? 'plain'}>{tj(job.state === 'done' ? 'jobs.state.done' : 'jobs.state.cancelled')}</Badge>}
          </p>
          <p className="text-sm text-muted tabular-nums">{facts(job).join(' · ')}</p>
          {job.detail && <p className="mt-1 text-sm text-danger [overflow-wrap:anywhere]">{job.detail}</p>}
        </div>
        {job.can_cancel && <Button icon="close" className="min-h-8 px-2.5" aria-label={tj('jobs.stopNamed', { name })} onClick={() => void cancel(job)}>{tj('jobs.stop')}</Button>}
        {job.can_retry && (
          <Button icon={early ? 'play' : 'again'} className="min-h-8 px-2.5" aria-label={tj(early ? 'jobs.nowNamed' : 'jobs.againNamed', { name })} onClick={() => void retry(job)}>
            {tj(early ? 'jobs.now' : 'jobs.again')}
          </Button>
        )}
      </div>
      {job.state === 'running' && job.every_seconds === null && <Progress job={job} name={name} />}
    </li>
  );
}

function Progress({ job, name }: { job: Job; name: string }): ReactNode {
  const done = share(job);
  return (
    <div className="grid gap-1">
      <div
        role="progressbar"
        aria-label={tj('jobs.progress', { name })}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={done === null ? undefined : Math.round(done * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className={`h-full rounded-full bg-accent transition-[width] duration-300 ${done === null ? 'lap' : ''}`} style={{ width: `${done === null ? 100 : Math.max(0.02, done) * 100}%` }} />
      </div>
      <p className="min-h-5 text-sm text-muted tabular-nums">{amount(job)}</p>
    </div>
  );
}
