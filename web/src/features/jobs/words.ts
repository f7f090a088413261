/** What a job is called, and what there is to know of it, in words. */
import type { Job } from '@/api/jobs';
import { tj } from '@/features/jobs/texts';
import { enJobs } from '@/i18n/en-jobs';
import { readableSize } from '@/lib/bytes';
import { shortTime } from '@/lib/time';

const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]] as const;
const BYTES = new Set(['transfer.import', 'model.pull', 'backup.make', 'backup.verify']);

/** The name of a job for people; a kind that is new here keeps its own. */
export function nameOf(job: Job): string {
  const key = `jobs.kind.${job.kind}`;
  return key in enJobs ? tj(key as keyof typeof enJobs) : job.kind;
}

/** What stands below the name. */
export function facts(job: Job): string[] {
  const said = [job.of === 'instance' && job.every_seconds === null ? tj('jobs.instance') : ''];
  if (job.every_seconds !== null) said.push(every(job.every_seconds), job.state === 'queued' ? tj('jobs.next', { time: shortTime(job.run_at) }) : '');
  else if (job.finished_at) said.push(tj('jobs.overAt', { time: shortTime(job.finished_at) }));
  else said.push(...waiting(job));
  return said.filter(Boolean);
}

function waiting(job: Job): string[] {
  const attempt = job.attempts > 1 || job.code ? tj('jobs.attempt', { n: Math.max(1, job.attempts), most: job.most_attempts ?? '?' }) : '';
  if (job.state === 'running') return [tj('jobs.since', { time: shortTime(job.created_at) }), attempt];
  if (job.code) return [tj('jobs.retries', { time: shortTime(job.run_at) }), attempt];
  const later = Date.parse(job.run_at) - Date.parse(job.created_at) > 60_000;
  return [later ? tj('jobs.begins', { time: shortTime(job.run_at) }) : tj('jobs.since', { time: shortTime(job.created_at) })];
}

function every(seconds: number): string {
  const [unit, long] = UNITS.find(([, each]) => seconds >= each) ?? UNITS[3];
  const n = Math.round(seconds / long);
  return n === 1 ? tj(`jobs.each.${unit}`) : tj(`jobs.every.${unit}`, { n });
}

/** How far it is: what it says, and how much of how much. */
export function amount(job: Job): string {
  const { says, done, of } = job.progress;
  const count = (n: number): string => (BYTES.has(job.kind) ? readableSize(n) : String(n));
  const much = done === null ? '' : of ? `${count(done)} / ${count(of)}` : count(done);
  return [says, much].filter(Boolean).join(' · ');
}

/** The share that is done, 0 to 1; null where it is not known. */
export function share(job: Job): number | null {
  const { done, of } = job.progress;
  return done === null || !of ? null : Math.min(1, done / of);
}
