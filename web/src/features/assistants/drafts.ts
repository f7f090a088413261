/**
 * What a person changed and did not save yet, by part of an assistant: kept in this browser, over a reload and a
 * change of place, until it is saved or discarded.
 */
import type { Part } from '@/api/assistants';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore, useSelected } from '@/lib/store';

/** The texts of the fields that were changed; `base` is what was stored when each was begun, `version` that of the part. */
export interface Draft {
  version: number;
  base: Readonly<Record<string, string>>;
  texts: Readonly<Record<string, string>>;
}

type Drafts = Readonly<Record<string, Draft | null>>;

const drafts = createStore<Drafts>({});

const keyOf = (id: string, part: Part): string => `${id}.${part}`;
const savedAs = (key: string): string => `draft.assistant.${key}`;

function known(all: Drafts, key: string): Draft | null {
  return key in all ? (all[key] ?? null) : loaded(key);
}

const cache = new Map<string, Draft | null>();

/** Read once, so that the same draft stays the same value. */
function loaded(key: string): Draft | null {
  const held = cache.get(key);
  if (held !== undefined) return held;
  const saved = readSaved<Draft | null>(savedAs(key), null);
  cache.set(key, saved);
  return saved;
}

export function readDraft(id: string, part: Part): Draft | null {
  return known(drafts.get(), keyOf(id, part));
}

/** The draft of a part, re-rendering as it changes. */
export function useDraft(id: string, part: Part): Draft | null {
  return useSelected(drafts, (all) => known(all, keyOf(id, part)));
}

/** Keeps a draft; one without changes is forgotten. */
export function writeDraft(id: string, part: Part, draft: Draft | null): void {
  const key = keyOf(id, part);
  const kept = draft && Object.keys(draft.texts).length > 0 ? draft : null;
  drafts.set((all) => ({ ...all, [key]: kept }));
  writeSaved(savedAs(key), kept);
}

/** A draft with one more field typed: one that is again as it was stored is no change. */
export function typed(draft: Draft | null, version: number, field: string, text: string, stored: string): Draft {
  const before = draft ?? { version, base: {}, texts: {} };
  const base = { ...before.base };
  const texts = { ...before.texts };
  if (text === (base[field] ?? stored)) {
    delete base[field];
    delete texts[field];
  } else {
    base[field] ??= stored;
    texts[field] = text;
  }
  return { ...before, base, texts };
}

/** The fields that a person and somebody else changed, each to something else. */
export function contested(draft: Draft, stored: (field: string) => string): string[] {
  return Object.keys(draft.texts).filter((field) => stored(field) !== draft.base[field] && stored(field) !== draft.texts[field]);
}

/** The same changes on top of what is stored now; what is stored as it was typed is no change any longer. */
export function rebased(draft: Draft, version: number, stored: (field: string) => string): Draft {
  const texts = Object.fromEntries(Object.entries(draft.texts).filter(([field, text]) => text !== stored(field)));
  return { version, texts, base: Object.fromEntries(Object.keys(texts).map((field) => [field, stored(field)])) };
}

/** What is left of a draft once `sent` of it is stored: what was typed meanwhile. */
export function without(draft: Draft | null, sent: Readonly<Record<string, string>>, version: number): Draft | null {
  if (!draft) return null;
  const texts = Object.fromEntries(Object.entries(draft.texts).filter(([field, text]) => sent[field] !== text));
  const base = Object.fromEntries(Object.keys(texts).map((field) => [field, sent[field] ?? draft.base[field] ?? '']));
  return { version, texts, base };
}
