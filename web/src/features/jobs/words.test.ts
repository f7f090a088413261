import { expect, test } from 'vitest';
import type { Job } from '@/api/jobs';
import { amount, facts, nameOf, share } from '@/features/jobs/words';

const job = (more: Partial<Job>): Job => ({
  id: 'job_1', kind: 'transfer.import', of: 'you', state: 'queued', attempts: 0, most_attempts: 6, code: null, detail: null,
  progress: { says: null, done: null, of: null }, every_seconds: null, run_at: '2026-11-21T06:40:00.000Z',
  created_at: '2026-11-21T06:40:00.000Z', finished_at: null, can_cancel: true, can_retry: false, ...more,
});

test('a kind has a name, and a new one its own', () => {
  expect(nameOf(job({}))).toBe('Import conversations');
  expect(nameOf(job({ kind: 'new.thing' }))).toBe('new.thing');
});

test('how far it is, in bytes where they are bytes', () => {
  const half = { says: 'reading', done: 500_000, of: 1_000_000 };
  expect(amount(job({ progress: half }))).toBe('reading · 500 kB / 1.0 MB');
  expect(amount(job({ kind: 'transfer.undo', progress: { says: null, done: 3, of: null } }))).toBe('3');
  expect(share(job({ progress: half }))).toBe(0.5);
  expect(share(job({}))).toBeNull();
  expect(share(job({ progress: { says: null, done: 3, of: 0 } }))).toBeNull();
});

test('what waits says since when, until when, or after which attempt', () => {
  expect(facts(job({}))[0]).toMatch(/^asked for /);
  expect(facts(job({ run_at: '2026-12-21T06:40:00.000Z' }))[0]).toMatch(/^begins /);
  expect(facts(job({ attempts: 2, code: 'model.unavailable' }))).toEqual([expect.stringMatching(/^tried again /), 'attempt 2 of 6']);
  expect(facts(job({ of: 'instance', state: 'done', finished_at: '2026-11-21T06:41:00.000Z' }))).toEqual(['by itself', expect.stringMatching(/^over /)]);
});

test('what comes round says how often', () => {
  const round = (every_seconds: number): string => facts(job({ of: 'instance', every_seconds }))[0] ?? '';
  expect([60, 3600, 86_400, 7200].map(round)).toEqual(['every minute', 'every hour', 'every day', 'every 2 hours']);
});
