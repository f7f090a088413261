/** What a person is writing, per conversation, kept in this browser until it is sent. */
import type { StoredFile } from '@/api/types';
import { readSaved, writeSaved } from '@/lib/saved';

export interface Draft {
  text: string;
  files: StoredFile[];
}

export const NEW = 'new';

const NOTHING: Draft = { text: '', files: [] };

/** The draft of a conversation (`NEW` for the empty page). */
export function readDraft(key: string): Draft {
  return readSaved<Draft>(`draft.${key}`, NOTHING);
}

/** Saves a draft; an empty one is forgotten. */
export function writeDraft(key: string, draft: Draft): void {
  writeSaved(`draft.${key}`, draft.text === '' && draft.files.length === 0 ? null : draft);
}

/** Gives a draft begun on the empty page to the conversation that page became. */
export function moveDraft(from: string, to: string): void {
  const draft = readDraft(from);
  if (draft.text === '' && draft.files.length === 0) return;
  writeDraft(to, draft);
  writeSaved(`draft.${from}`, null);
}
