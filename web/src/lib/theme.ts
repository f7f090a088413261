/** Light, dark, or as the system says. */
import { createStore } from '@/lib/store';

export type Theme = 'light' | 'dark' | 'system';

function saved(): Theme {
  const chosen = typeof document === 'undefined' ? undefined : document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

export const theme = createStore<Theme>(saved());

/** Applies and keeps a theme; read again before the first paint by `theme.js`. */
export function setTheme(next: Theme): void {
  theme.set(next);
  const root = document.documentElement;
  try {
    if (next === 'system') localStorage.removeItem('mecum.theme');
    else localStorage.setItem('mecum.theme', next);
  } finally {
    if (next === 'system') delete root.dataset.theme;
    else root.dataset.theme = next;
  }
}
