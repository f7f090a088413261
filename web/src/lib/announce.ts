/** What a screen reader is told, politely, one thing at a time. */
import { createStore } from '@/lib/store';

export const announcement = createStore<{ text: string; turn: number }>({ text: '', turn: 0 });

/** Says `text` once; the same text twice is said twice. */
export function announce(text: string): void {
  announcement.set((before) => ({ text, turn: before.turn + 1 }));
}
