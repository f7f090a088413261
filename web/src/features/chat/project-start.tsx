/** What a chat that begins in a project begins with. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { projectHref, projectQuery, type ProjectDetail } from '@/api/projects';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';

export default function ProjectStart({ id }: { id: string }): ReactNode {
  const { data, error } = useQuery(projectQuery(id));
  if (error) return <p role="alert" className="rounded-xl bg-danger-soft px-3 py-2 text-sm text-danger">{error.message}</p>;
  if (!data) return null;
  return (
    <div className="flex items-start gap-2.5 rounded-xl bg-accent-soft px-3 py-2.5 mb-4" data-testid="project-start">
      <span className="mt-0.5 text-accent"><Icon name="folder" /></span>
      <p className="min-w-0 text-sm [overflow-wrap:anywhere]">
        <Link href={projectHref(id)} className="font-medium underline-offset-2 hover:underline">{t('start.title', { name: data.name })}</Link>
        {told(data).map((sentence) => (
          <span key={sentence} className="block text-muted">{sentence}</span>
        ))}
      </p>
    </div>
  );
}

function told({ instructions, files, assistant, model }: ProjectDetail): string[] {
  const said: string[] = [];
  const has = [instructions ? t('start.instructions') : '', files.length > 0 ? t('start.files', { n: files.length }) : ''].filter(Boolean);
  if (has.length > 0) said.push(t('start.told', { what: has.length === 2 ? t('start.and', { a: has[0] ?? '', b: has[1] ?? '' }) : (has[0] ?? '') }));
  if (assistant && model) said.push(t('start.answersWith', { who: assistant.name, model }));
  else if (assistant || model) said.push(t('start.answers', { who: assistant?.name ?? model ?? '' }));
  return said;
}
