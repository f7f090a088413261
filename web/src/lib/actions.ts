/** Everything a person can do now, registered by the features and listed in the palette. */
import { useEffect } from 'react';
import { createStore } from '@/lib/store';

export interface Action {
  id: string;
  title: string;
  group: string;
  shortcut?: string;
  run: () => void;
}

export const actions = createStore<readonly Action[]>([]);

/** Offers `offered` while the caller is mounted; `deps` as in an effect. */
export function useActions(offered: () => Action[], deps: readonly unknown[]): void {
  useEffect(() => {
    const mine = offered();
    const ids = new Set(mine.map((action) => action.id));
    actions.set((all) => [...all.filter((action) => !ids.has(action.id)), ...mine]);
    return () => actions.set((all) => all.filter((action) => !mine.includes(action)));
    // The caller names what its actions depend on.
  }, deps);
}
