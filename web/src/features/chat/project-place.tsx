/** The project of the open conversation, or of the one about to begin, before its title. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectHref, projectQuery } from '@/api/projects';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';

export default function ProjectPlace({ id }: { id: string }): ReactNode {
  const { data } = useQuery(projectQuery(id));
  if (!data) return null;
  return (
    <Link
      href={projectHref(id)}
      title={t('place.project', { name: data.name })}
      data-testid="project-place"
      className="inline-flex min-h-8 max-w-[45%] min-w-16 items-center gap-1.5 rounded-lg px-2 text-sm text-muted hover:bg-hover hover:text-ink"
    >
      <Icon name="folder" size={16} />
      <span className="truncate">{data.name}</span>
      <Icon name="right" size={14} />
    </Link>
  );
}
