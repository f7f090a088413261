/** A value outside React with subscribers. */
import { useSyncExternalStore } from 'react';

export interface Store<T> {
  get: () => T;
  set: (change: T | ((before: T) => T)) => void;
  subscribe: (listener: () => void) => () => void;
}

/** A store that starts as `initial`; setting an identical value wakes nobody. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (change) => {
      const next = typeof change === 'function' ? (change as (before: T) => T)(value) : change;
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value, re-rendering on change. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** A part of the store's value; `select` must give a stable or primitive result. */
export function useSelected<T, S>(store: Store<T>, select: (value: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
