import { beforeEach, expect, test } from 'vitest';
import { jobsQuery, noteProgress, places, type Job } from '@/api/jobs';
import { queryClient } from '@/api/queries';

const key = jobsQuery('running').queryKey;
const progress = { says: 'reading', done: 3, of: 10 };
const event = (more: object) => ({ channel: 'me' as const, seq: 1, type: 'job.changed', job_id: 'job_1', state: 'running', progress, ...more });

beforeEach(() => {
  const shown = { id: 'job_1', progress: { says: null, done: null, of: null } } as Job;
  queryClient.setQueryData(key, { pages: [{ items: [shown], next_cursor: null }], pageParams: [null] });
});

test('progress of a job that is shown is put in its place, and nothing is asked', () => {
  expect(noteProgress(event({}))).toBe(true);
  expect(queryClient.getQueryData(key)?.pages[0]?.items[0]?.progress).toEqual(progress);
});

test('another job, and another state, are read again', () => {
  expect(noteProgress(event({ job_id: 'job_2' }))).toBe(false);
  expect(noteProgress(event({ state: 'done' }))).toBe(false);
  expect(noteProgress(event({ progress: undefined }))).toBe(false);
  queryClient.removeQueries({ queryKey: key });
  expect(noteProgress(event({}))).toBe(false);
});

test('a job that is in two lists stands where it was seen last', () => {
  const list = (...ids: string[]): Job[] => ids.map((id) => ({ id }) as Job);
  const queued = { shelf: 'queued', items: list('job_1', 'job_2'), at: 5 } as const;
  const over = { shelf: 'over', items: list('job_1'), at: 6 } as const;
  expect([...places([queued, over])]).toEqual([['job_1', 'over'], ['job_2', 'queued']]);
  expect(places([{ ...queued, at: 7 }, over]).get('job_1')).toBe('queued');
});
