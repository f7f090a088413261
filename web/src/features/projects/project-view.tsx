/** One project: its conversations, what they are told, who answers, its files and assistants. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { projectQuery, projects, refreshProjects, type ProjectDetail } from '@/api/projects';
import { Assistants } from '@/features/projects/assistants';
import { Beginnings } from '@/features/projects/beginnings';
import { Conversations } from '@/features/projects/conversations';
import { Files } from '@/features/projects/files';
import { Instructions } from '@/features/projects/instructions';
import { NameDialog } from '@/features/projects/name-dialog';
import { RemoveDialog } from '@/features/projects/remove-dialog';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { useActions } from '@/lib/actions';
import { go, withSearch } from '@/lib/place';
import { toast } from '@/lib/toasts';
import { BackLink } from '@/ui/back-link';
import { Button, ICON_BUTTON } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';
import { PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function ProjectView({ id }: { id: string }): ReactNode {
  const { data, error, refetch } = useQuery(projectQuery(id));
  useEffect(() => {
    document.title = data ? `${data.name} · Mecum` : t('app.name');
  }, [data]);
  // What was read before stays while the server is away; one that was deleted is gone.
  const gone = error instanceof ApiError && error.status === 404;
  if (data && !gone) return <Shown project={data} />;
  return (
    <PlacePage title={t('projects.title')}>
      <BackLink href="/projects">{tp('projects.all')}</BackLink>
      {error ? <Refused error={error} onRetry={() => void refetch()} /> : <Reading what={t('projects.title')} />}
    </PlacePage>
  );
}

function Shown({ project }: { project: ProjectDetail }): ReactNode {
  return (
    <PlacePage title={project.name} actions={<Actions project={project} />}>
      <BackLink href="/projects">{tp('projects.all')}</BackLink>
      <Conversations project={project} />
      <Instructions project={project} />
      <Beginnings project={project} />
      <Files project={project} />
      <Assistants project={project} />
    </PlacePage>
  );
}

function Actions({ project }: { project: ProjectDetail }): ReactNode {
  const { id, name } = project;
  const [asked, setAsked] = useState<'rename' | 'remove' | null>(null);
  const close = (): void => setAsked(null);
  const begin = (): void => {
    go(withSearch('/', { project: id }));
    requestAnimationFrame(() => document.getElementById('composer')?.focus());
  };
  const rename = async (next: string): Promise<void> => {
    const { name: now } = await projects.change(id, { name: next });
    close();
    toast(tp('project.renamed', { name: now }));
    await refreshProjects();
  };
  useActions(
    () => [
      { id: 'project.chat', title: tp('project.chat'), group: t('projects.title'), run: begin },
      { id: 'project.rename', title: tp('project.renameTitle'), group: t('projects.title'), run: () => setAsked('rename') },
      { id: 'project.delete', title: tp('project.delete'), group: t('projects.title'), run: () => setAsked('remove') },
    ],
    [id],
  );
  return (
    <div className="flex items-center gap-1.5">
      <Button icon="plus" look="primary" onClick={begin}>{tp('project.chat')}</Button>
      <MenuButton
        label={tp('project.menu', { name })}
        width="w-48"
        className={ICON_BUTTON}
        data-testid="project-menu"
        entries={() => [
          { kind: 'item', id: 'rename', label: tp('project.rename'), onPick: () => setAsked('rename') },
          { kind: 'item', id: 'delete', label: tp('project.delete'), danger: true, onPick: () => setAsked('remove') },
        ]}
      >
        <Icon name="more" />
      </MenuButton>
      {asked === 'rename' && <NameDialog title={tp('project.renameTitle')} action={tp('project.rename')} name={name} onName={rename} onClose={close} />}
      {asked === 'remove' && <RemoveDialog project={project} onClose={close} />}
    </div>
  );
}
