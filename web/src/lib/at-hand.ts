/** What of the conversations is shown and chosen: the list's filter, the selection, whose tags are being edited. */
import { createStore } from '@/lib/store';

/** What the list in the rail shows: everything at hand, the archive, or what has a tag. */
export interface Shown {
  place?: 'archived';
  tag?: string;
}

export const shown = createStore<Shown>({});

export interface Selection {
  ids: readonly string[];
  /** Where a range with Shift begins. */
  anchor: string | null;
}

/** The conversations that are chosen; null while nobody chooses. */
export const selection = createStore<Selection | null>(null);

/** The conversations whose tags are being edited. */
export const tagging = createStore<readonly string[] | null>(null);

/** Chooses or leaves one; with `range`, everything in `order` from the anchor to it. */
export function choose(id: string, order: readonly string[], range = false): void {
  selection.set((before) => {
    const { ids, anchor } = before ?? { ids: [], anchor: null };
    const from = anchor === null ? -1 : order.indexOf(anchor);
    const to = order.indexOf(id);
    if (range && from >= 0 && to >= 0) {
      const some = order.slice(Math.min(from, to), Math.max(from, to) + 1);
      return { ids: [...new Set([...ids, ...some])], anchor };
    }
    return { ids: ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id], anchor: id };
  });
}
