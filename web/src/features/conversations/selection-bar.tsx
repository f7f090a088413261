/** Below the list while several are chosen: how many, and what can be done with them. */
import { useState, type ReactNode } from 'react';
import * as client from '@/api/client';
import { EXPORT_FORMATS } from '@/api/formats';
import type { Conversation, ExportFormat } from '@/api/types';
import { apply } from '@/features/conversations/acts';
import { RenameDialog } from '@/features/conversations/rename-dialog';
import { tc } from '@/features/conversations/words';
import { t } from '@/i18n/t';
import { selection, shown, tagging } from '@/lib/at-hand';
import { saveAs } from '@/lib/download';
import { exportAs } from '@/lib/exporting';
import { useStore } from '@/lib/store';
import { problem, toast } from '@/lib/toasts';
import { Button, ICON_BUTTON, IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { MenuButton } from '@/ui/menu-button';

export default function SelectionBar({ items }: { items: Conversation[] }): ReactNode {
  const ids = useStore(selection)?.ids ?? [];
  const archive = useStore(shown).place === 'archived';
  const [renaming, setRenaming] = useState(false);
  const none = ids.length === 0;
  const all = items.length > 0 && items.every((item) => ids.includes(item.id));
  const away = archive ? 'unarchive' : 'archive';
  return (
    <div role="group" aria-label={tc('select.label')} className="grid gap-1 border-t border-line bg-sunken px-2 py-2" data-testid="selection">
      <div className="flex items-center gap-1">
        <p role="status" className="min-w-0 flex-1 truncate px-1.5 text-sm font-medium">{tc('select.count', { n: ids.length })}</p>
        <Button look="quiet" className="px-2!" onClick={() => selection.set({ ids: all ? [] : items.map((item) => item.id), anchor: null })}>{tc(all ? 'select.none' : 'select.all')}</Button>
        <Button look="quiet" className="px-2!" onClick={() => selection.set(null)}>{tc('select.done')}</Button>
      </div>
      <div className="flex items-center justify-between px-0.5">
        <IconButton icon="edit" label={t('rename')} disabled={none} onClick={() => setRenaming(true)} />
        <IconButton icon="tag" label={t('tags')} disabled={none} onClick={() => tagging.set(ids)} />
        <IconButton icon={archive ? 'undo' : 'archive'} label={t(away)} disabled={none} onClick={() => apply({ action: away, ids: [...ids] })} />
        <MenuButton
          label={t('export')}
          width="w-52"
          side="top"
          className={ICON_BUTTON}
          disabled={none}
          entries={() => EXPORT_FORMATS.map((format) => ({ kind: 'item', id: format, label: t(`export.${format}`), onPick: () => void taken(ids, format).catch(problem) }))}
        >
          <Icon name="export" />
        </MenuButton>
        <IconButton icon="trash" label={t('delete')} disabled={none} onClick={() => apply({ action: 'delete', ids: [...ids] })} />
      </div>
      {renaming && <RenameDialog ids={ids} items={items} onClose={() => setRenaming(false)} />}
    </div>
  );
}

/** One as it is, several as a ZIP that says in `export.json` what is where. */
async function taken(ids: readonly string[], format: ExportFormat): Promise<void> {
  const [only] = ids;
  if (ids.length === 1 && only) {
    await exportAs(only, format);
    return;
  }
  const close = toast(tc('export.packing', { n: ids.length }), { ms: 600_000 });
  try {
    saveAs(await client.conversations.exportMany(ids, format), 'conversations.zip');
  } finally {
    close();
  }
}
