/** Above a conversation: its title, its menu, its settings. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { conversationQuery } from '@/api/queries';
import { EXPORT_FORMATS, exportAs } from '@/features/chat/export';
import { inspectorOpen } from '@/features/chat/panels';
import { t } from '@/i18n/t';
import { useStore } from '@/lib/store';
import { ICON_BUTTON, IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';

export function ChatHeader({ conversationId, railButton }: { conversationId: string | null; railButton: ReactNode }): ReactNode {
  const { data } = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  const open = useStore(inspectorOpen);
  return (
    <header className="flex h-13 shrink-0 items-center gap-1 px-2 sm:px-3">
      {railButton}
      <p className="min-w-0 flex-1 truncate px-2 text-sm font-medium text-muted" data-testid="title">
        {conversationId === null ? '' : (data?.title ?? t('conversation.untitled'))}
      </p>
      {conversationId !== null && <ExportMenu conversationId={conversationId} />}
      <IconButton icon="panel" label={t('inspector.toggle')} aria-expanded={open} data-testid="inspector-toggle" onClick={() => inspectorOpen.set(!open)} />
    </header>
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
