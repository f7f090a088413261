/** Which notices a person put away in this browser. */
import { useQuery } from '@tanstack/react-query';
import { noticesQuery, type Notice } from '@/api/broker';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useStore } from '@/lib/store';

const KEY = 'notices.dismissed';
const KEPT = 100;

const dismissed = createStore<readonly string[]>(readSaved<string[]>(KEY, []));

/** Names a notice with what it says: one that says something else is shown again. */
export function mark(notice: Notice): string {
  return `${notice.id} ${notice.message}`;
}

/** Puts a notice away. */
export function dismiss(notice: Notice): void {
  dismissed.set((all) => [...all, mark(notice)].slice(-KEPT));
  writeSaved(KEY, dismissed.get());
}

/** All notices that hold (undefined until they are known), and those that nobody put away here. */
export function useNotices(): { all: Notice[] | undefined; open: Notice[] } {
  const { data } = useQuery(noticesQuery);
  const gone = useStore(dismissed);
  return { all: data?.items, open: data?.items.filter((notice) => !gone.includes(mark(notice))) ?? [] };
}
