/** All keys, listed. */
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { actions } from '@/lib/actions';
import { useStore } from '@/lib/store';
import { Dialog } from '@/ui/dialog';
import { Keys } from '@/ui/keys';

export default function ShortcutsDialog({ onClose }: { onClose: () => void }): ReactNode {
  const all = useStore(actions).filter((action) => action.shortcut && action.id !== 'stop');
  const fixed = [
    { title: t('keys.send'), keys: 'Enter' },
    { title: t('keys.line'), keys: 'Shift+Enter' },
    { title: t('keys.stop'), keys: 'Esc' },
  ];
  const rows = [...fixed, ...all.map((action) => ({ title: action.title, keys: action.shortcut ?? '' }))];
  return (
    <Dialog title={t('keys.title')} open onClose={onClose}>
      <dl className="grid gap-0.5 overflow-y-auto px-5 pb-5">
        {rows.map((row) => (
          <div key={row.keys} className="flex min-h-9 items-center justify-between gap-4 border-b border-line last:border-0">
            <dt>{row.title}</dt>
            <dd><Keys keys={row.keys} /></dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
