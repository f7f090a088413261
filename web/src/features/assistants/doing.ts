/** What is done to assistants, with what a person is told of it, and ten seconds to take it back. */
import { assistants, refreshAssistants, type Status } from '@/api/assistants';
import { ta, type Words } from '@/features/assistants/words';
import { t } from '@/i18n/t';
import { go, here, withSearch } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';

const UNDO_MS = 10_000;

/** What these need to know of an assistant: all its views have it. */
export interface Known {
  id: string;
  slug: string;
  name: string;
  status: Status;
  is_demo: boolean;
}

export const GALLERY = '/assistants';

/** Where an assistant's page is, and what of it. */
export function assistantHref(slug: string, section = ''): string {
  return `${GALLERY}/${encodeURIComponent(slug)}${section === '' ? '' : `/${section}`}`;
}

/** A new conversation with it. */
export function chatHref(slug: string): string {
  return withSearch('/', { assistant: slug });
}

/** Waits for a change and says it; whether it was done. */
export async function change(work: Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<boolean> {
  try {
    await work;
    toast(done, undo ? { action: { label: t('undo'), run: () => void takeBack(undo) }, ms: UNDO_MS } : {});
    return true;
  } catch (error) {
    problem(error);
    return false;
  } finally {
    await refreshAssistants();
  }
}

async function takeBack(undo: () => Promise<unknown>): Promise<void> {
  try {
    await undo();
  } catch (error) {
    problem(error);
  }
  await refreshAssistants();
}

const BECAME: Record<Status, Words> = { active: 'life.activated', archived: 'life.archived', draft: 'life.drafted' };

export async function become({ id, name, status: before }: Known, status: Status): Promise<void> {
  const back = (): Promise<unknown> => assistants.change(id, 'core', { status: before });
  await change(assistants.change(id, 'core', { status }), ta(BECAME[status], { name }), back);
}

export async function setDemo({ id, name }: Known, demo: boolean): Promise<void> {
  const back = (): Promise<unknown> => assistants.change(id, 'core', { is_demo: !demo });
  await change(assistants.change(id, 'core', { is_demo: demo }), ta(demo ? 'life.isDemo' : 'life.isNoDemo', { name }), back);
}

/** Moves it to the trash; who stands on its page is led to the others, and back again by Undo. */
export async function remove({ id, slug, name }: Known): Promise<void> {
  const { path } = here();
  const stoodOn = path.startsWith(assistantHref(slug));
  if (stoodOn) go(GALLERY);
  const back = async (): Promise<void> => {
    await assistants.restore(id);
    toast(ta('life.back', { name }));
    if (stoodOn) go(path);
  };
  await change(assistants.trash(id), ta('life.moved', { name }), back);
}
