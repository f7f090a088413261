/** What a person is writing, per conversation, kept in this browser until it is sent. */
import type { StoredFile } from '@/api/types';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useSelected } from '@/lib/store';

export interface Draft {
  text: string;
  files: StoredFile[];
}

/** The key of the empty page, before it is a conversation. */
export const NEW = 'new';

const NOTHING: Draft = { text: '', files: [] };
const drafts = createStore<Readonly<Record<string, Draft>>>({});

/** The draft of a conversation. */
export function readDraft(key: string): Draft {
  const known = drafts.get()[key];
  if (known) return known;
  const saved = readSaved<Draft>(`draft.${key}`, NOTHING);
  drafts.set((all) => ({ ...all, [key]: saved }));
  return saved;
}

/** Keeps a draft; an empty one is forgotten. */
export function writeDraft(key: string, draft: Draft): void {
  drafts.set((all) => ({ ...all, [key]: draft }));
  writeSaved(`draft.${key}`, draft.text === '' && draft.files.length === 0 ? null : draft);
}

/** Gives a draft begun on the empty page to the conversation that page became. */
export function moveDraft(from: string, to: string): void {
  const draft = readDraft(from);
  if (draft.text === '' && draft.files.length === 0) return;
  writeDraft(to, draft);
  writeDraft(from, NOTHING);
}

/** The draft, re-rendering as it changes. */
export function useDraft(key: string): Draft {
  return useSelected(drafts, (all) => all[key]) ?? readSaved<Draft>(`draft.${key}`, NOTHING);
}
