/** Projects that were deleted: brought back with what was in them, or deleted for ever. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { deletedProjectsQuery, projects, refreshProjects, type Project } from '@/api/projects';
import { backupsQuery } from '@/api/backups';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { CARD, Group } from '@/ui/page';

async function change(work: Promise<unknown>, done: string): Promise<void> {
  try {
    await work;
    toast(done);
  } catch (error) {
    problem(error);
  }
  await Promise.all([refreshProjects(), queryClient.invalidateQueries({ queryKey: backupsQuery.queryKey })]);
}

export function RemovedProjects(): ReactNode {
  const { data } = useQuery(deletedProjectsQuery);
  if (!data || data.length === 0) return null;
  return (
    <Group id="projects" title={t('trash.projects')} lead={t('trash.projectsLead')}>
      <ul className={`${CARD} divide-y divide-line`} aria-label={t('trash.projects')}>
        {data.map((one) => <Row key={one.id} project={one} />)}
      </ul>
    </Group>
  );
}

function Row({ project: { id, name, deleted_at: deleted } }: { project: Project }): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid="trashed-project">
      <div className="min-w-40 flex-1">
        <p className="truncate font-medium">{name}</p>
        {deleted && <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(deleted) })}</p>}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon="undo" aria-label={t('trash.restoreName', { name })} onClick={() => void change(projects.restore(id), t('trash.restored', { title: name }))}>{t('trash.restore')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash" aria-label={t('trash.forEverName', { name })}>{t('trash.forEver')}</Button>}
          title={t('trash.purgeTitle', { title: name })}
          detail={t('trash.purgeProject')}
          action={t('trash.forEver')}
          onConfirm={() => void change(projects.purge(id), t('trash.purged', { title: name }))}
        />
      </div>
    </li>
  );
}
