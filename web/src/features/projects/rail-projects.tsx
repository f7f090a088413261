/** The projects in the rail, by name. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectHref, projectsQuery } from '@/api/projects';
import { tp } from '@/features/projects/words';

import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';

const SHOWN = 5;

export default function RailProjects({ onPick }: { onPick: () => void }): ReactNode {
  const { data } = useQuery(projectsQuery);
  if (!data || data.length === 0) return null;
  return (
    <section aria-label={tp('projects.rail')} data-testid="rail-projects">
      <h2 className="px-2.5 pt-3 pb-1 text-xs font-medium text-muted">{tp('projects.rail')}</h2>
      <ul className="grid grid-cols-[minmax(0,1fr)]">
        {data.slice(0, SHOWN).map((project) => (
          <li key={project.id}>
            <Link
              href={projectHref(project.id)}
              onClick={onPick}
              title={project.name}
              className="flex min-h-9 items-center gap-2 rounded-lg px-2.5 py-1.5 text-sm hover:bg-hover coarse:min-h-11"
              activeClass="bg-hover font-medium"
            >
              <span className="text-muted"><Icon name="folder" size={16} /></span>
              <span className="min-w-0 flex-1 truncate">{project.name}</span>
              <span className="text-xs text-muted tabular-nums" aria-label={tp('projects.conversations', { n: project.conversation_count })}>{project.conversation_count}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
