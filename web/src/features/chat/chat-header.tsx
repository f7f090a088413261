/** Above a conversation: its title, its menu, its settings. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import * as client from '@/api/client';
import { conversationQuery } from '@/api/queries';
import type { ExportFormat } from '@/api/types';
import { inspectorOpen } from '@/features/chat/panels';
import { t } from '@/i18n/t';
import { useActions } from '@/lib/actions';
import { useStore } from '@/lib/store';
import { ICON_BUTTON, IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';

const FORMATS: ExportFormat[] = ['markdown', 'json', 'jsonl', 'openai'];

export function ChatHeader({ conversationId, railButton }: { conversationId: string | null; railButton: ReactNode }): ReactNode {
  const { data } = useQuery({ ...conversationQuery(conversationId ?? ''), enabled: conversationId !== null });
  const open = useStore(inspectorOpen);
  useActions(() => actionsFor(conversationId), [conversationId]);
  return (
    <header className="flex h-13 shrink-0 items-center gap-1 px-2 sm:px-3">
      {railButton}
      <p className="min-w-0 flex-1 truncate px-2 text-sm font-medium text-muted" data-testid="title">
        {conversationId === null ? '' : (data?.title ?? t('conversation.untitled'))}
      </p>
      {conversationId !== null && <ExportMenu conversationId={conversationId} />}
      <IconButton icon="settings" label={t('inspector.toggle')} aria-expanded={open} data-testid="inspector-toggle" onClick={() => inspectorOpen.set(!open)} />
    </header>
  );
}

function actionsFor(conversationId: string | null) {
  const group = t('group.conversation');
  const settings = { id: 'inspector', title: t('inspector.toggle'), group, run: () => inspectorOpen.set((open) => !open) };
  if (conversationId === null) return [settings];
  const exports = FORMATS.map((format) => ({
    id: `export.${format}`,
    title: t('export.as', { format: t(`export.${format}`) }),
    group,
    run: () => download(conversationId, format),
  }));
  return [settings, ...exports];
}

function download(conversationId: string, format: ExportFormat): void {
  const link = document.createElement('a');
  link.href = client.conversations.exportAddress(conversationId, format);
  link.download = '';
  link.click();
}

function ExportMenu({ conversationId }: { conversationId: string }): ReactNode {
  const entries = () =>
    FORMATS.map((format) => ({
      kind: 'item' as const,
      id: format,
      label: t(`export.${format}`),
      onPick: () => download(conversationId, format),
    }));
  return (
    <MenuButton entries={entries} label={t('export')} width="w-52" className={ICON_BUTTON}>
      <Icon name="export" />
    </MenuButton>
  );
}
