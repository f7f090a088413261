/** Several things of the trash at once: one request for conversations, one for assistants. */
import { call } from '@/api/http';
import { projects } from '@/api/projects';
import type { Batch } from '@/api/types';

type Outcome = Pick<Batch, 'changed' | 'skipped'>;
type Act = 'restore' | 'purge';

const KINDS = { cnv: '/conversations/batches', ast: '/assistants/batches' } as const;

/** Brings things back or deletes them for ever, by their ids of whatever kind; returns what went and what did not. */
export async function actOn(action: Act, ids: readonly string[]): Promise<Outcome> {
  const done: Outcome[] = [];
  for (const [kind, path] of Object.entries(KINDS)) {
    const some = ids.filter((id) => id.startsWith(kind));
    if (some.length > 0) done.push(await call<Outcome>(path, { method: 'POST', json: { action, ids: some } }));
  }
  for (const id of ids.filter((one) => one.startsWith('prj'))) {
    await projects[action](id);
    done.push({ changed: [id], skipped: [] });
  }
  return { changed: done.flatMap((one) => one.changed), skipped: done.flatMap((one) => one.skipped) };
}
