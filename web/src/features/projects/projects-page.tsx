/** Projects: all of them, or one with what is in it. */
import type { ReactNode } from 'react';
import { ProjectList } from '@/features/projects/project-list';
import { ProjectView } from '@/features/projects/project-view';
import { usePlace } from '@/lib/place';

export default function ProjectsPage(): ReactNode {
  const { path } = usePlace();
  const id = decodeURIComponent(path.slice('/projects/'.length).replace(/\/$/, ''));
  return id === '' ? <ProjectList /> : <ProjectView key={id} id={id} />;
}
