/** The notices that hold, and putting one away: on the server, so that it is away on every device. */
import { useQuery } from '@tanstack/react-query';
import { notices, noticesQuery, type Notice } from '@/api/broker';
import { queryClient } from '@/api/queries';
import { roleName } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

/** Names a notice with what it says: one that says something else is news. */
export function mark(notice: Notice): string {
  return `${notice.id} ${notice.message}`;
}

/** What a notice says, in a few words. */
export function headline(notice: Notice): string {
  const about = notice.role === null ? notice.about : roleName(notice.role);
  return notice.kind === 'model.swapped' ? t('notices.swapped', { model: notice.model ?? '', about }) : t('notices.lacks', { role: about });
}

async function after(work: Promise<unknown>, done: () => void): Promise<void> {
  try {
    await work;
    done();
  } catch (error) {
    problem(error);
  }
  await queryClient.invalidateQueries({ queryKey: noticesQuery.queryKey });
}

/** Puts a notice away; for ten seconds that can be undone. */
export function dismiss(notice: Notice): Promise<void> {
  const undo = (): void => void after(notices.restore(notice.id), () => undefined);
  return after(notices.dismiss(notice.id), () =>
    toast(t('notices.dismissed', { what: headline(notice) }), { action: { label: t('undo'), run: undo }, ms: UNDO_MS }),
  );
}

/** The notices that hold and were not put away; undefined until they are known. */
export function useNotices(): Notice[] | undefined {
  return useQuery(noticesQuery).data?.items;
}
