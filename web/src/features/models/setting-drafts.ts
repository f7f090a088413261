/**
 * What is typed into the settings of a model until it is saved, kept in this browser: only the fields that were changed,
 * each with what the file said of it then. What somebody else saved meanwhile elsewhere in the file is no conflict.
 */
import { useState } from 'react';
import type { Typed } from '@/features/models/setting-fields';
import { readSaved, writeSaved } from '@/lib/saved';

export interface SettingDraft {
  typed: Typed;
  /** What the file said in these fields when they were first changed. */
  base: Typed;
}

const NOTHING: SettingDraft = { typed: {}, base: {} };

export interface Drafting {
  /** What was typed that is not what the file says. */
  typed: Typed;
  /** The fields that both changed. */
  contested: string[];
  change: (id: string, text: string) => void;
  /** Puts all of it aside; returns how to take it back. */
  clear: () => () => void;
  /** Forgets what was saved; what was typed since stays. */
  settle: (saved: Typed) => void;
  /** Goes on from what the file says now. */
  rebase: () => void;
}

/** The draft of the model `ref` over what the file says now (`said`, of a field). */
export function useSettingDraft(ref: string, said: (id: string) => string): Drafting {
  const key = `draft.edit.model.${ref}`;
  const [draft, setDraft] = useState<SettingDraft>(() => readSaved<SettingDraft>(key, NOTHING));
  const keep = (next: SettingDraft): SettingDraft => {
    writeSaved(key, Object.keys(next.typed).length === 0 ? null : next);
    return next;
  };
  const typed = changed(draft, said);
  return {
    typed,
    contested: contested(draft, said),
    change: (id, text) => setDraft((before) => keep(typing(before, id, text, said(id)))),
    clear: () => {
      const before = draft;
      setDraft(keep(NOTHING));
      return () => setDraft(keep(before));
    },
    settle: (saved) => setDraft((before) => keep(settled(before, saved))),
    rebase: () => setDraft((before) => keep({ ...before, base: Object.fromEntries(Object.keys(before.typed).map((id) => [id, said(id)])) })),
  };
}

/** The fields whose text is not what the file says. */
export function changed(draft: SettingDraft, said: (id: string) => string): Typed {
  return Object.fromEntries(Object.entries(draft.typed).filter(([id, text]) => text !== said(id)));
}

/** The changed fields of which the file says something else than when they were first changed. */
export function contested(draft: SettingDraft, said: (id: string) => string): string[] {
  return Object.keys(changed(draft, said)).filter((id) => draft.base[id] !== said(id));
}

function typing(before: SettingDraft, id: string, text: string, said: string): SettingDraft {
  return { typed: { ...before.typed, [id]: text }, base: { ...before.base, [id]: before.base[id] ?? said } };
}

/** The draft without what was saved, unless it was changed again. */
export function settled(before: SettingDraft, saved: Typed): SettingDraft {
  const left = Object.entries(before.typed).filter(([id, text]) => saved[id] !== text);
  return { typed: Object.fromEntries(left), base: Object.fromEntries(left.map(([id]) => [id, saved[id] ?? before.base[id] ?? ''])) };
}
