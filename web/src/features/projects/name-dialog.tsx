/** A name for a project; what the server says of it stands below, and nothing that was typed is lost. */
import { useState, type FormEvent, type ReactNode } from 'react';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field } from '@/ui/field';

interface NameDialogProps {
  title: string;
  action: string;
  name: string;
  onName: (name: string) => Promise<void>;
  onClose: () => void;
}

export function NameDialog({ title, action, name, onName, onClose }: NameDialogProps): ReactNode {
  const [value, setValue] = useState(name);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await onName(value);
    } catch (refused) {
      setError(refused instanceof Error ? refused.message : String(refused));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="grid gap-4 px-5 pt-1 pb-5" onSubmit={(event) => void submit(event)}>
        <Field label={tp('projects.name')} value={value} required maxLength={120} autoFocus autoComplete="off" onChange={(event) => setValue(event.target.value)} />
        {error && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">{error}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" disabled={busy || value.trim() === ''}>{action}</Button>
        </div>
      </form>
    </Dialog>
  );
}
