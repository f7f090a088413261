/** Background work: its routes as typed functions, its lists as queries, and what is told of it live. */
import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query';
import type { MeEvent } from '@/api/envelopes';
import type { components } from '@/api/generated';
import { call } from '@/api/http';
import { queryClient } from '@/api/queries';

type Schemas = components['schemas'];

export type Job = Schemas['JobEntry'];
type JobPage = Schemas['JobList'];

/** The parts of the page, each a list of its own. */
export type Shelf = 'running' | 'queued' | 'failed' | 'over' | 'scheduled';

const FILTERS: Record<Shelf, string> = {
  running: 'scheduled=false&state=running',
  queued: 'scheduled=false&state=queued',
  failed: 'scheduled=false&state=failed',
  over: 'scheduled=false&state=done&state=cancelled',
  scheduled: 'scheduled=true&limit=200',
};

const at = (id: string, what: string): string => `/jobs/${encodeURIComponent(id)}/${what}`;

export const jobs = {
  cancel: (id: string) => call<Job>(at(id, 'cancel'), { method: 'POST' }),
  retry: (id: string) => call<Job>(at(id, 'retry'), { method: 'POST' }),
};

export const jobsQuery = (shelf: Shelf) =>
  infiniteQueryOptions({
    queryKey: ['jobs', shelf],
    queryFn: ({ pageParam }) => call<JobPage>(`/jobs?${FILTERS[shelf]}${pageParam ? `&cursor=${encodeURIComponent(pageParam)}` : ''}`),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    staleTime: 0,
  });

interface Read {
  shelf: Shelf;
  items: Job[];
  /** When the list was read, ms. */
  at: number;
}

/** On which part each job stands: the lists are not read at one moment, and what moved meanwhile is in two of them or was; the one read last is right. */
export function places(lists: Read[]): Map<string, Shelf> {
  const byAge = [...lists].sort((one, other) => one.at - other.at);
  return new Map(byAge.flatMap(({ shelf, items }) => items.map((job) => [job.id, shelf] as const)));
}

/** Puts how far a job is into the list that is shown; false where the lists must be read again. */
export function noteProgress(event: MeEvent): boolean {
  const { job_id: id, state, progress } = event;
  if (!id || state !== 'running' || !progress) return false;
  let known = false;
  const moved = (job: Job): Job => {
    if (job.id !== id) return job;
    known = true;
    return { ...job, progress };
  };
  queryClient.setQueryData<InfiniteData<JobPage, string | null>>(jobsQuery('running').queryKey, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(moved) })) });
  return known;
}
