/** Projects that were deleted: brought back with what was in them. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { deletedProjectsQuery, projects, refreshProjects } from '@/api/projects';
import { Removed } from '@/features/trash/removed';
import { tt } from '@/features/trash/words';
import { CARD, Group } from '@/ui/page';

export function RemovedProjects(): ReactNode {
  const { data } = useQuery(deletedProjectsQuery);
  if (!data || data.length === 0) return null;
  return (
    <Group id="projects" title={tt('trash.projects')} lead={tt('trash.projectsLead')}>
      <ul className={`${CARD} divide-y divide-line`} aria-label={tt('trash.projects')}>
        {data.map(({ id, name, deleted_at: deleted }) => (
          <Removed
            key={id}
            id={id}
            kind="project"
            name={name}
            deleted={deleted}
            detail={tt('trash.purgeProject')}
            restore={() => projects.restore(id)}
            purge={() => projects.purge(id)}
            refresh={refreshProjects}
          />
        ))}
      </ul>
    </Group>
  );
}
