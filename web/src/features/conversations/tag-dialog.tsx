/** The tags of one conversation or many: those there are to tick, and new ones to write. */
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { tagsQuery } from '@/api/queries';
import { applied, knownConversation } from '@/features/conversations/changes';
import { tc } from '@/features/conversations/words';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

export default function TagDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }): ReactNode {
  const { data } = useQuery(tagsQuery);
  const [had] = useState(() => counts(ids));
  const [wanted, setWanted] = useState<Readonly<Record<string, boolean>>>({});
  const [made, setMade] = useState<readonly string[]>([]);
  const [text, setText] = useState('');
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const names = [...new Set([...had.keys(), ...made, ...(data?.items ?? []).map((tag) => tag.name)])].toSorted((a, b) => a.localeCompare(b));
  const isOn = (name: string): boolean => wanted[name] ?? had.get(name) === ids.length;
  const isSome = (name: string): boolean => wanted[name] === undefined && (had.get(name) ?? 0) > 0 && !isOn(name);
  const written = text.split(',').map((name) => name.trim().replace(/\s+/g, ' ')).filter(Boolean);
  const take = (): void => {
    setMade([...made, ...written]);
    setWanted({ ...wanted, ...Object.fromEntries(written.map((name) => [names.find((one) => same(one, name)) ?? name, true])) });
    setText('');
  };
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const add = [...names.filter((name) => wanted[name] === true), ...written];
    const remove = names.filter((name) => wanted[name] === false && had.has(name) && !add.some((one) => same(one, name)));
    if (add.length + remove.length === 0) return onClose();
    setBusy(true);
    setError(null);
    try {
      const done = await applied({ action: 'tag', ids: [...ids], add, remove });
      if (done.changed.length === 0 && done.skipped[0]) throw new Error(done.skipped[0].message);
      onClose();
    } catch (refused) {
      setError(refused as Error);
      setBusy(false);
    }
  };
  return (
    <Dialog title={tc('tags.title', { n: ids.length })} open onClose={onClose}>
      <form className="grid min-h-0 grid-cols-[minmax(0,1fr)] gap-4 overflow-y-auto px-5 pb-5" data-testid="tag-dialog" onSubmit={(event) => void send(event)}>
        <Field
          label={tc('tags.new')}
          hint={tc('tags.hint')}
          value={text}
          autoFocus
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.nativeEvent.isComposing || written.length === 0) return;
            event.preventDefault();
            take();
          }}
        />
        {error && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger"><Sentence text={error.message} /></p>}
        {names.length > 0 && (
          <fieldset className="grid min-w-0 gap-1">
            <legend className="text-sm font-medium">{t('tags')}</legend>
            {names.map((name) => (
              <label key={name} className="flex min-h-9 min-w-0 cursor-pointer items-center gap-2.5 rounded-lg px-1.5 text-sm hover:bg-hover">
                <Tick checked={isOn(name)} some={isSome(name)} onChange={(on) => setWanted({ ...wanted, [name]: on })} />
                <span className="min-w-0 [overflow-wrap:anywhere]">{name}</span>
              </label>
            ))}
          </fieldset>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" look="primary" disabled={busy}>{t('save')}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Tick({ checked, some, onChange }: { checked: boolean; some: boolean; onChange: (on: boolean) => void }): ReactNode {
  const mixed = (box: HTMLInputElement | null): void => {
    if (box) box.indeterminate = some;
  };
  return <input ref={mixed} type="checkbox" className="size-6 shrink-0 accent-accent" checked={checked} onChange={(event) => onChange(event.target.checked)} />;
}

/** How many of the conversations have each tag. */
function counts(ids: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const id of ids) for (const name of knownConversation(id)?.tags ?? []) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
}

/** Case and accents make no difference to the server either. */
function same(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: 'base' }) === 0;
}
