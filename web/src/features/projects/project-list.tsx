/** All projects by name, how to make one, and those in the trash. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { deletedProjectsQuery, projectHref, projects, projectsQuery, type Project } from '@/api/projects';
import { change } from '@/features/projects/doing';
import { NameDialog } from '@/features/projects/name-dialog';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { go, Link } from '@/lib/place';
import { fullTime } from '@/lib/time';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Icon } from '@/ui/icons';
import { CARD, Group, PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function ProjectList(): ReactNode {
  const { data, error, refetch } = useQuery(projectsQuery);
  const [making, setMaking] = useState(false);
  const make = async (name: string): Promise<void> => {
    const made = await projects.create({ name });
    setMaking(false);
    toast(tp('projects.made', { name: made.name }));
    go(projectHref(made.id));
  };
  return (
    <PlacePage title={t('projects.title')} actions={<Button icon="plus" look="primary" onClick={() => setMaking(true)}>{tp('projects.new')}</Button>}>
      <p className="-mt-4 text-muted">{tp('projects.lead')}</p>
      {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={t('projects.title')} />}
      {data?.length === 0 && <None />}
      {data && data.length > 0 && (
        <ul className="grid gap-2.5 sm:grid-cols-2">
          {data.map((project) => <Card key={project.id} project={project} />)}
        </ul>
      )}
      <Deleted />
      {making && <NameDialog title={tp('projects.new')} action={tp('projects.make')} name="" onName={make} onClose={() => setMaking(false)} />}
    </PlacePage>
  );
}

function None(): ReactNode {
  return (
    <div className={`${CARD} grid justify-items-center gap-1.5 px-6 py-10 text-center`} data-testid="no-projects">
      <span className="text-accent"><Icon name="folder" size={26} /></span>
      <p className="font-medium">{tp('projects.none')}</p>
      <p className="max-w-[30rem] text-sm text-muted">{tp('projects.noneLead')}</p>
    </div>
  );
}

function Card({ project }: { project: Project }): ReactNode {
  return (
    <li data-testid="project" data-name={project.name}>
      <Link href={projectHref(project.id)} className={`${CARD} flex h-full items-start gap-3 p-3.5 transition-colors hover:border-accent hover:bg-accent-soft`}>
        <span className="mt-0.5 text-accent"><Icon name="folder" /></span>
        <span className="min-w-0">
          <span className="block font-medium [overflow-wrap:anywhere]">{project.name}</span>
          <span className="block text-[0.8125rem] text-muted">
            {tp('projects.conversations', { n: project.conversation_count })}
            {project.file_count > 0 && ` · ${tp('projects.files', { n: project.file_count })}`}
          </span>
        </span>
      </Link>
    </li>
  );
}

function Deleted(): ReactNode {
  const items = useQuery(deletedProjectsQuery).data ?? [];
  if (items.length === 0) return null;
  return (
    <Group title={tp('projects.trash')} lead={tp('projects.trashLead')}>
      <ul className={`${CARD} divide-y divide-line`}>
        {items.map((one) => <DeletedRow key={one.id} project={one} />)}
      </ul>
    </Group>
  );
}

function DeletedRow({ project: { id, name, deleted_at: at } }: { project: Project }): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid="removed-project" data-name={name}>
      <div className="min-w-48 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">{name}</p>
        {at && <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(at) })}</p>}
      </div>
      <div className="ml-auto flex flex-wrap gap-2">
        <Button icon="undo" aria-label={tp('projects.restoreOne', { name })} onClick={() => void change(projects.restore(id), tp('projects.restored', { name }))}>{t('trash.restore')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash" aria-label={tp('projects.purgeOne', { name })}>{t('trash.forEver')}</Button>}
          title={t('trash.purgeTitle', { title: name })}
          detail={tp('projects.purgeDetail')}
          action={t('trash.forEver')}
          onConfirm={() => void change(projects.purge(id), tp('projects.purged', { name }))}
        />
      </div>
    </li>
  );
}
