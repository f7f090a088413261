/** Short notices at the bottom of the page, with at most one thing to do. */
import { announce } from '@/lib/announce';
import { createStore } from '@/lib/store';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'problem';
  action?: { label: string; run: () => void };
  until: number;
}

export const toasts = createStore<readonly Toast[]>([]);

let counter = 0;

/** Shows a notice for `ms`; returns how to take it away. */
export function toast(
  text: string,
  options: { action?: Toast['action']; ms?: number; tone?: Toast['tone'] } = {},
): () => void {
  const id = ++counter;
  const ms = options.ms ?? 5000;
  const one: Toast = { id, text, tone: options.tone ?? 'plain', until: Date.now() + ms };
  if (options.action) one.action = options.action;
  toasts.set((all) => [...all.slice(-2), one]);
  announce(text);
  const close = (): void => toasts.set((all) => all.filter((other) => other.id !== id));
  setTimeout(close, ms);
  return close;
}

/** Tells a person that something failed, in the server's words; `about` is which of several things it was. */
export function problem(error: unknown, about?: string): void {
  const said = error instanceof Error ? error.message : String(error);
  toast(about === undefined ? said : `${about}: ${said}`, { tone: 'problem', ms: 8000 });
}
