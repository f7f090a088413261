/** Messages a person is changing: kept outside the thread, because a row is drawn anew as its message moves on. */
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useSelected } from '@/lib/store';

const edits = createStore<Readonly<Record<string, string>>>(readSaved('edits', {}));

/** Keeps what is typed over message `id`. */
export function writeEdit(id: string, text: string): void {
  edits.set((all) => ({ ...all, [id]: text }));
  writeSaved('edits', edits.get());
}

/** The message is no longer being changed. */
export function endEdit(id: string): void {
  edits.set((all) => Object.fromEntries(Object.entries(all).filter(([key]) => key !== id)));
  writeSaved('edits', Object.keys(edits.get()).length === 0 ? null : edits.get());
}

/** The text typed over message `id`; null where it is not being changed. */
export function useEdit(id: string | undefined): string | null {
  return useSelected(edits, (all) => (id === undefined ? null : (all[id] ?? null)));
}
