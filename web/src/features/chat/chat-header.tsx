/** Above a conversation: its title, its menu, its settings. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { conversationQuery } from '@/api/queries';
import { EXPORT_FORMATS } from '@/api/formats';
import { HeaderAssistant } from '@/features/chat/assistant-menu';
import { inspectorOpen } from '@/features/chat/panels';
import { t } from '@/i18n/t';
import { tagging } from '@/lib/at-hand';
import { exportAs } from '@/lib/exporting';
import { moving } from '@/lib/moving';
import { usePlace } from '@/lib/place';
import { useStore } from '@/lib/store';
import { Badge } from '@/ui/badge';
import { ICON_BUTTON, IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';

const ProjectPlace = lazy(() => import('@/features/chat/project-place'));

export function ChatHeader({ conversationId, railButton }: { conversationId: string | null; railButton: ReactNode }): ReactNode {
  const { data } = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  const open = useStore(inspectorOpen);
  const { search } = usePlace();
  const projectId = conversationId === null ? search.project : data?.project_id;
  return (
    <header className="flex h-13 shrink-0 items-center gap-1 px-2 sm:px-3">
      {railButton}
      {projectId && (
        <Suspense>
          <ProjectPlace id={projectId} />
        </Suspense>
      )}
      <HeaderAssistant conversationId={conversationId} />
      <p className="min-w-0 flex-1 truncate px-2 text-sm font-medium text-muted" data-testid="title">
        {conversationId === null ? '' : (data?.title ?? t('conversation.untitled'))}
      </p>
      {data && <Labels tags={data.tags} archived={data.archived_at !== null} />}
      {conversationId !== null && <IconButton icon="tag" label={t('tags')} className="max-sm:hidden" onClick={() => tagging.set([conversationId])} />}
      {data && (
        <IconButton
          icon="folder"
          label={t('move.action')}
          data-testid="move-conversation"
          onClick={() => moving.set({ id: data.id, title: data.title ?? t('conversation.untitled'), projectId: data.project_id })}
        />
      )}
      {conversationId !== null && <ExportMenu conversationId={conversationId} />}
      <IconButton icon="panel" label={t('inspector.toggle')} aria-expanded={open} data-testid="inspector-toggle" onClick={() => inspectorOpen.set(!open)} />
    </header>
  );
}

/** Where a conversation is put away, and under which words; on a narrow screen the list says so. */
function Labels({ tags, archived }: { tags: string[]; archived: boolean }): ReactNode {
  return (
    <p className="flex min-w-0 max-w-[30%] gap-1 overflow-hidden max-sm:hidden" data-testid="labels">
      {archived && <Badge tone="warn">{t('conversation.archived')}</Badge>}
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </p>
  );
}

function ExportMenu({ conversationId }: { conversationId: string }): ReactNode {
  const entries = () =>
    EXPORT_FORMATS.map((format) => ({
      kind: 'item' as const,
      id: format,
      label: t(`export.${format}`),
      onPick: () => void exportAs(conversationId, format),
    }));
  return (
    <MenuButton entries={entries} label={t('export')} width="w-52" className={ICON_BUTTON}>
      <Icon name="export" />
    </MenuButton>
  );
}
