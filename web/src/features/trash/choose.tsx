/** Choosing several things of the trash, whatever they are, and what can be done with them. */
import { useEffect, type ReactNode } from 'react';
import { refreshAssistants } from '@/api/assistants';
import { refreshProjects } from '@/api/projects';
import { queryClient } from '@/api/queries';
import { actOn } from '@/api/trash';
import { tt } from '@/features/trash/words';
import { t } from '@/i18n/t';
import { createStore, useStore } from '@/lib/store';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';

/** The ids of what is chosen. */
const chosen = createStore<readonly string[]>([]);

export function Choose({ id, name }: { id: string; name: string }): ReactNode {
  const checked = useStore(chosen).includes(id);
  return (
    <input
      type="checkbox"
      className="size-6 shrink-0 accent-accent"
      aria-label={tt('trash.choose', { name })}
      checked={checked}
      onChange={() => chosen.set((ids) => (checked ? ids.filter((one) => one !== id) : [...ids, id]))}
    />
  );
}

async function act(action: 'restore' | 'purge', ids: readonly string[]): Promise<void> {
  try {
    const { changed, skipped } = await actOn(action, ids);
    chosen.set((now) => now.filter((id) => !changed.includes(id)));
    if (changed.length > 0) toast(tt(action === 'restore' ? 'trash.someRestored' : 'trash.somePurged', { n: changed.length }));
    if (skipped[0]) toast(tt('trash.someLeft', { n: skipped.length, reason: skipped[0].message }), { tone: 'problem' });
  } catch (error) {
    problem(error);
  }
  await Promise.all([refreshAssistants(), refreshProjects(), queryClient.invalidateQueries({ queryKey: ['backups'] })]);
}

/** Stands above the lists while something is chosen; `all` are the ids of everything on the page. */
export function ChosenBar({ all }: { all: readonly string[] }): ReactNode {
  const ids = useStore(chosen).filter((id) => all.includes(id));
  useEffect(() => () => chosen.set([]), []);
  if (ids.length === 0) return null;
  const everything = ids.length === all.length;
  return (
    <div role="group" aria-label={tt('trash.chosenLabel')} className="sticky top-0 z-10 flex flex-wrap items-center gap-2 rounded-xl border border-line bg-sunken px-3 py-2" data-testid="trash-chosen">
      <p role="status" className="min-w-0 flex-1 text-sm font-medium">{tt('trash.chosen', { n: ids.length })}</p>
      <Button look="quiet" onClick={() => chosen.set(everything ? [] : all)}>{tt(everything ? 'trash.none' : 'trash.all')}</Button>
      <Button icon="undo" onClick={() => void act('restore', ids)}>{t('trash.restore')}</Button>
      <Confirm
        trigger={<Button look="quiet" icon="trash">{t('trash.forEver')}</Button>}
        title={tt('trash.purgeSome', { n: ids.length })}
        detail={tt('trash.purgeSomeDetail')}
        action={t('trash.forEver')}
        onConfirm={() => void act('purge', ids)}
      />
    </div>
  );
}
