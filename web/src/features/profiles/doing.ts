/** What is done to profiles, with what a person is told of it. */
import { profiles, refreshBroker, type Profile } from '@/api/broker';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

/** The address of a profile's page. */
export function profileHref(id: string): string {
  return `/settings/workspace/profiles/${encodeURIComponent(id)}`;
}

/** Waits for a change, says `done` or what went wrong, and reads everything anew; whether it was done. */
export async function change(work: Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work;
    toast(done);
    return true;
  } catch (error) {
    problem(error);
    return false;
  } finally {
    await refreshBroker();
  }
}

/** Removes a profile that is a file; for ten seconds it can be brought back, active as it was. */
export async function removeFile({ id, name, active }: Profile): Promise<void> {
  try {
    await profiles.remove(id);
    toast(t('profiles.deleted', { name }), { action: { label: t('undo'), run: () => void bringBack(name, active) }, ms: UNDO_MS });
  } catch (error) {
    problem(error);
  }
  await refreshBroker();
}

async function bringBack(name: string, active: boolean): Promise<void> {
  const work = profiles.restore(name).then((back) => (active ? profiles.activate(back.id) : back));
  await change(work, t('profiles.restored', { name }));
}
