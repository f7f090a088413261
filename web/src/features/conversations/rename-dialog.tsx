/** Titles for several conversations, made from one pattern; what they will be is shown before. */
import { useState, type FormEvent, type ReactNode } from 'react';
import type { Conversation } from '@/api/types';
import { applied } from '@/features/conversations/changes';
import { tc } from '@/features/conversations/words';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

const SHOWN = 4;

interface RenameDialogProps {
  ids: readonly string[];
  items: Conversation[];
  onClose: () => void;
}

export function RenameDialog({ ids, items, onClose }: RenameDialogProps): ReactNode {
  const [title, setTitle] = useState('{title}');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const chosen = ids.flatMap((id) => items.find((item) => item.id === id) ?? []);
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await applied({ action: 'rename', ids: [...ids], title });
      onClose();
    } catch (refused) {
      setError(refused as Error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={tc('renames.title', { n: ids.length })} open onClose={onClose}>
      <form className="grid min-h-0 gap-4 overflow-y-auto px-5 pb-5" onSubmit={(event) => void send(event)}>
        <Field label={tc('renames.pattern')} hint={tc('renames.hint', { title: '{title}', n: '{n}', date: '{date}' })} value={title} onChange={(event) => setTitle(event.target.value)} autoFocus />
        {error && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger"><Sentence text={error.message} /></p>}
        <div>
          <p className="text-sm font-medium">{tc('renames.preview')}</p>
          <ol className="mt-1 grid gap-1 text-sm text-muted" data-testid="renames">
            {chosen.slice(0, SHOWN).map((item, i) => (
              <li key={item.id} className="truncate">{preview(title, item, i + 1)}</li>
            ))}
            {chosen.length > SHOWN && <li>{tc('renames.more', { n: chosen.length - SHOWN })}</li>}
          </ol>
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" disabled={busy}>{t('rename')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function preview(pattern: string, item: Conversation, place: number): string {
  const pieces: Record<string, string> = { '{title}': item.title ?? '', '{n}': String(place), '{date}': item.last_activity_at.slice(0, 10) };
  return pattern.replace(/\{title\}|\{n\}|\{date\}/g, (found) => pieces[found] ?? '').trim() || pattern;
}
