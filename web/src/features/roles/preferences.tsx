/**
 * The models a person prefers for a role, in order. Saved into their own file over exactly what was read; when the file
 * changed meanwhile, both lists are shown and the person chooses.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState, type FormEvent, type ReactNode } from 'react';
import { configuration, explanationQuery, fileQuery, isConflict, refreshBroker, USER_FILE, type ConfigurationFileText } from '@/api/broker';
import { modelsQuery, queryClient } from '@/api/queries';
import { preferredIn, withPreferred } from '@/features/roles/preferred';
import { tr } from '@/features/roles/texts';
import { roleName } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { Link } from '@/lib/place';
import { readSaved, writeSaved } from '@/lib/saved';
import { problem, toast } from '@/lib/toasts';
import { Button, IconButton } from '@/ui/button';
import { INPUT } from '@/ui/field';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const EDITOR = `/settings/server/configuration/${USER_FILE}`;

export function Preferences({ role, paired }: { role: string; paired: boolean }): ReactNode {
  const { data, error, refetch } = useQuery(fileQuery(USER_FILE));
  const theirs = data && preferredIn(data.text, role);
  return (
    <Group id="preferred" title={tr('preferred.title')} lead={tr('preferred.lead', { file: USER_FILE })}>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={USER_FILE} rows={1} />}
      {data && theirs === null && (
        <p className="text-sm text-muted">
          {tr('preferred.unreadable', { file: USER_FILE })} <Link href={EDITOR} className="font-medium text-accent underline underline-offset-2">{tr('preferred.mend')}</Link>
        </p>
      )}
      {data && theirs && <Form role={role} paired={paired} file={data} theirs={theirs} />}
    </Group>
  );
}

interface Draft {
  preferred: string[];
  /** The content of the file that the list was changed from. */
  etag: string | null;
}

type Settle = (sent: Draft | null, etag: string | null) => void;

/** The list as it was changed; `settle` forgets what was saved, and lets what was changed since go on from there. */
function useDraft(role: string, theirs: string[]): [Draft | null, (draft: Draft | null) => void, Settle] {
  const key = `draft.edit.role.${role}`;
  const [kept, setKept] = useState<Draft | null>(() => readSaved<Draft | null>(key, null));
  const keep = (draft: Draft | null): void => {
    setKept(draft);
    writeSaved(key, draft);
  };
  const settle: Settle = (sent, etag) =>
    setKept((now) => {
      const next = now === sent || now === null ? null : { ...now, etag };
      writeSaved(key, next);
      return next;
    });
  return [kept !== null && !same(kept.preferred, theirs) ? kept : null, keep, settle];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

interface FormProps {
  role: string;
  /** Whether two models by difficulty come before those preferred. */
  paired: boolean;
  file: ConfigurationFileText;
  theirs: string[];
}

function Form({ role, paired, file, theirs }: FormProps): ReactNode {
  const [draft, keep, settle] = useDraft(role, theirs);
  const [saving, setSaving] = useState(false);
  const shown = draft?.preferred ?? theirs;
  const conflict = draft !== null && draft.etag !== file.etag;
  const change = (preferred: string[]): void => keep({ preferred, etag: draft?.etag ?? file.etag });
  const save = async (): Promise<void> => {
    const text = withPreferred(file.text, role, shown);
    if (text === null || saving) return;
    setSaving(true);
    try {
      const written = await configuration.write(USER_FILE, text, file.etag);
      // What is shown next is what was written, not what was read before.
      await queryClient.invalidateQueries({ queryKey: fileQuery(USER_FILE).queryKey });
      settle(draft, written.etag);
      toast(tr('preferred.saved', { role: roleName(role) }));
    } catch (error) {
      if (!isConflict(error)) problem(error);
    } finally {
      setSaving(false);
      await refreshBroker();
    }
  };
  const takeTheirs = (): void => {
    const before = draft;
    keep(null);
    toast(t('editor.tookTheirs'), { action: { label: t('undo'), run: () => keep(before) }, ms: 10_000 });
  };
  return (
    <div className={`${CARD} grid gap-4 p-4`} data-testid="preferences">
      {conflict && <Conflict mine={shown} theirs={theirs} onMine={() => void save()} onTheirs={takeTheirs} />}
      <Order role={role} paired={paired} names={shown} onChange={change} />
      <AddModel taken={shown} onAdd={(name) => change([...shown, name])} />
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="min-w-40 flex-1 text-sm text-muted">{draft === null ? '' : t('editor.unsaved')}</p>
        {draft !== null && <Button look="quiet" onClick={() => keep(null)}>{t('editor.discard')}</Button>}
        <Button look="primary" disabled={draft === null || saving || conflict} onClick={() => void save()}>{t('save')}</Button>
      </div>
      <Covering role={role} />
    </div>
  );
}

interface OrderProps {
  role: string;
  paired: boolean;
  names: string[];
  onChange: (names: string[]) => void;
}

function Order({ role, paired, names, onChange }: OrderProps): ReactNode {
  if (names.length === 0) return <p className="text-sm text-muted">{t(paired ? 'preferred.nonePaired' : 'preferred.none')}</p>;
  const move = (from: number, by: number, button: string): void => {
    const to = from + by;
    const moved = [...names];
    const [name = ''] = moved.splice(from, 1);
    moved.splice(to, 0, name);
    onChange(moved);
    announce(tr('preferred.moved', { name, n: to + 1 }));
    // The row moves in the page, and would lose the focus.
    requestAnimationFrame(() => document.getElementById(`${button}-${to}`)?.focus());
  };
  return (
    <ol className="grid gap-1.5" aria-label={tr('preferred.order', { role: roleName(role) })}>
      {names.map((name, i) => (
        <li key={`${i}-${name}`} data-testid="preferred" className="flex min-h-10 items-center gap-1 rounded-lg bg-sunken pr-1 pl-3">
          <span className="w-6 text-sm text-muted tabular-nums">{i + 1}</span>
          <span className="min-w-0 flex-1 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{name}</span>
          <IconButton id={`up-${i}`} icon="send" size={16} label={tr('preferred.up', { name })} disabled={i === 0} onClick={() => move(i, -1, 'up')} />
          <IconButton id={`down-${i}`} icon="down" size={16} label={tr('preferred.down', { name })} disabled={i === names.length - 1} onClick={() => move(i, 1, 'down')} />
          <IconButton icon="close" size={16} label={tr('preferred.remove', { name })} onClick={() => onChange(names.filter((_, k) => k !== i))} />
        </li>
      ))}
    </ol>
  );
}

function AddModel({ taken, onAdd }: { taken: string[]; onAdd: (name: string) => void }): ReactNode {
  const id = useId();
  const [name, setName] = useState('');
  const { data } = useQuery(modelsQuery);
  const offered = (data?.items ?? []).filter((model) => model.provider !== 'builtin' && !taken.includes(model.ref));
  const add = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = name.trim();
    if (wanted === '') return;
    if (!taken.includes(wanted)) onAdd(wanted);
    setName('');
  };
  return (
    <form className="grid gap-1.5" onSubmit={add}>
      <label htmlFor={id} className="text-sm font-medium">{tr('preferred.add')}</label>
      <div className="flex gap-2">
        <input id={id} list={`${id}-models`} className={`${INPUT} min-w-0 flex-1 font-mono text-[0.8125rem]`} value={name} maxLength={300} placeholder={tr('preferred.example')} autoComplete="off" spellCheck={false} onChange={(event) => setName(event.target.value)} />
        <datalist id={`${id}-models`}>{offered.map((model) => <option key={model.ref} value={model.ref} />)}</datalist>
        <Button type="submit" icon="plus">{tr('preferred.addButton')}</Button>
      </div>
    </form>
  );
}

interface ConflictProps {
  mine: string[];
  theirs: string[];
  onMine: () => void;
  onTheirs: () => void;
}

function Conflict({ mine, theirs, onMine, onTheirs }: ConflictProps): ReactNode {
  useEffect(() => announce(t('conflict.title', { name: USER_FILE })), []);
  return (
    <section data-testid="conflict" className="grid gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <div>
        <h3 className="font-semibold">{t('conflict.title', { name: USER_FILE })}</h3>
        <p className="text-sm">{tr('preferred.conflict')}</p>
      </div>
      <div className="grid gap-3 sm:grid-cols-2">
        <Names title={tr('conflict.yours')} names={mine} />
        <Names title={tr('conflict.inFile')} names={theirs} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={onMine}>{tr('preferred.mine')}</Button>
        <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
      </div>
    </section>
  );
}

function Names({ title, names }: { title: string; names: string[] }): ReactNode {
  return (
    <div className="rounded-lg bg-surface px-3 py-2">
      <p className="text-sm font-medium">{title}</p>
      {names.length === 0 ? <p className="text-sm text-muted">{t('preferred.none')}</p> : <ol className="list-decimal pl-5 font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{names.map((name) => <li key={name}>{name}</li>)}</ol>}
    </div>
  );
}

/** Says when something stronger than the person's file decides, so that saving would change nothing. */
function Covering({ role }: { role: string }): ReactNode {
  const key = `role_mappings.${role}.preferred`;
  const { data } = useQuery(explanationQuery(key));
  const covering = data?.levels.find((one) => one.in_force && one.file !== USER_FILE && one.level !== 'file' && one.level !== 'defaults');
  if (!covering) return null;
  return (
    <p className="text-sm" data-testid="covering">
      {tr('preferred.covered', { source: covering.source ?? covering.level })}{' '}
      <Link href={`/settings/server/configuration?explain=${encodeURIComponent(key)}`} className="font-medium text-accent underline underline-offset-2">{tr('preferred.explain')}</Link>
    </p>
  );
}
