/** What is done to projects, with what a person is told of it. */
import { projectHref, projects, refreshProjects, type Contents } from '@/api/projects';
import * as client from '@/api/client';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { go, here } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';

export const UNDO_MS = 10_000;

/** Waits for a change, says `done` or what went wrong, and reads everything anew; whether it was done. */
export async function change(work: Promise<unknown>, done: string, undo?: () => Promise<unknown>): Promise<boolean> {
  try {
    await work;
    const back = undo && { label: t('undo'), run: () => void undo().catch(problem).finally(() => void refreshProjects()) };
    toast(done, back ? { action: back, ms: UNDO_MS } : {});
    return true;
  } catch (error) {
    problem(error);
    return false;
  } finally {
    await refreshProjects();
  }
}

/** Moves a conversation into a project or out of the one it is in; ten seconds to take it back. */
export async function move(id: string, before: string | null, to: { id: string; name: string } | null): Promise<boolean> {
  const done = to === null ? tp('move.out') : tp('move.done', { name: to.name });
  const moved = client.conversations.change(id, { project_id: to?.id ?? null });
  return change(moved, done, () => client.conversations.change(id, { project_id: before }));
}

/** Takes something out of a project; ten seconds to put it back. */
export function takeOut(projectId: string, contents: Contents, name: string): Promise<boolean> {
  const out = tp('project.tookOut', { name });
  return change(projects.takeOut(projectId, contents), out, () => projects.put(projectId, contents));
}

/** Moves a project to the trash, with its conversations or without; ten seconds to bring all of it back. */
export async function remove(id: string, name: string, conversations: 'keep' | 'delete'): Promise<void> {
  const open = here().path === projectHref(id);
  try {
    const gone = await projects.remove(id, conversations);
    if (open) go('/projects');
    const n = gone.conversations_deleted;
    const undo = async (): Promise<void> => {
      await projects.restore(id);
      await refreshProjects();
      if (open) go(projectHref(id));
    };
    toast(n > 0 ? tp('project.removedWith', { name, n }) : tp('project.removed', { name }), {
      action: { label: t('undo'), run: () => void undo().catch(problem) },
      ms: UNDO_MS,
    });
  } catch (error) {
    problem(error);
  }
  await refreshProjects();
}
