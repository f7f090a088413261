/** What is done to profiles, with what a person is told of it. */
import { profiles, refreshBroker, type Profile } from '@/api/broker';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

/** Where a profile's page is; `address` says whose it is too, as several may have its name. */
export function profileHref(address: string): string {
  return `/settings/workspace/profiles/${encodeURIComponent(address)}`;
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

/** Moves a profile to the trash; for ten seconds that can be undone, and then it is active as it was. */
export async function remove({ id, address, name, active }: Profile): Promise<void> {
  // A row is brought back by its id: another of its name may be removed meanwhile.
  const again = id === name ? address : id;
  try {
    await profiles.remove(address);
    toast(tf('profiles.deleted', { name }), { action: { label: t('undo'), run: () => void bringBack(again, name, active) }, ms: UNDO_MS });
  } catch (error) {
    problem(error);
  }
  await refreshBroker();
}

/** Takes a profile out of the trash. */
export async function bringBack(address: string, name: string, active: boolean): Promise<void> {
  const work = profiles.restore(address).then((back) => (active ? profiles.activate(back.address) : back));
  await change(work, tf('profiles.restored', { name }));
}
