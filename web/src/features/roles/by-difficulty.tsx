/** Two models for one role, by the difficulty of what is asked; and what a question would get, and why. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { configuration, fileQuery, isConflict, refreshBroker, USER_FILE, weigh, type RoleExplanation, type Verdict } from '@/api/broker';
import { modelsQuery, queryClient } from '@/api/queries';
import { withPair, type Pair } from '@/features/roles/preferred';
import { tr } from '@/features/roles/texts';
import { roleName } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { readSaved, writeSaved } from '@/lib/saved';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Field, INPUT } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

const HALF = 0.5;
const NAME = `${INPUT} font-mono`;

export function ByDifficulty({ role }: { role: RoleExplanation }): ReactNode {
  return (
    <Group id="difficulty" title={tr('difficulty.title')} lead={tr('difficulty.lead')}>
      <div className={`${CARD} grid gap-4 p-4`} data-testid="by-difficulty">
        <Form key={JSON.stringify(role.by_difficulty)} role={role} />
        {role.by_difficulty && <Trial role={role.role} />}
      </div>
    </Group>
  );
}

function same(a: Pair, b: Pair): boolean {
  return a.strong === b.strong && a.weak === b.weak && a.share === b.share;
}

/** What is typed and not saved is kept in this browser; null where it is what the file says. */
function useDraft(role: RoleExplanation): [Pair, Pair | null, (pair: Pair | null) => void] {
  const key = `draft.edit.difficulty.${role.role}`;
  const theirs: Pair = role.by_difficulty ?? { strong: '', weak: '', share: HALF };
  const [draft, setDraft] = useState<Pair | null>(() => readSaved<Pair | null>(key, null));
  const keep = (pair: Pair | null): void => {
    setDraft(pair);
    writeSaved(key, pair);
  };
  return [draft ?? theirs, draft === null || same(draft, theirs) ? null : draft, keep];
}

/** Writes the pair over what the file says now; only this key of this role is another one. */
async function write(role: string, pair: Pair | null): Promise<void> {
  const file = await queryClient.fetchQuery({ ...fileQuery(USER_FILE), staleTime: 0 });
  const text = withPair(file.text, role, pair);
  if (text === null) throw new Error(tr('preferred.unreadable', { file: USER_FILE }));
  await configuration.write(USER_FILE, text, file.etag);
}

function Form({ role }: { role: RoleExplanation }): ReactNode {
  const [pair, draft, keep] = useDraft(role);
  const [saving, setSaving] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const list = useId();
  const { data } = useQuery(modelsQuery);
  const save = async (wanted: Pair | null): Promise<void> => {
    setSaving(true);
    setRefused(null);
    try {
      await write(role.role, wanted);
      keep(null);
      toast(t(wanted === null ? 'difficulty.off' : 'difficulty.saved', { role: roleName(role.role) }));
      await refreshBroker();
    } catch (error) {
      setRefused(isConflict(error) ? tr('difficulty.conflict', { file: USER_FILE }) : error instanceof Error ? error.message : String(error));
    }
    setSaving(false);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void save({ strong: pair.strong.trim(), weak: pair.weak.trim(), share: pair.share });
  };
  return (
    <form className="grid gap-4" onSubmit={submit}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field className={NAME} label={tr('difficulty.strong')} placeholder={tr('preferred.example')} list={list} value={pair.strong} required maxLength={300} autoComplete="off" spellCheck={false} onChange={(event) => keep({ ...pair, strong: event.target.value })} />
        <Field className={NAME} label={tr('difficulty.weak')} placeholder={tr('preferred.example')} list={list} value={pair.weak} required maxLength={300} autoComplete="off" spellCheck={false} onChange={(event) => keep({ ...pair, weak: event.target.value })} />
        <Field label={tr('difficulty.share')} hint={tr('difficulty.shareHint')} type="number" min={0} max={100} step={1} required value={Math.round(pair.share * 100)} onChange={(event) => keep({ ...pair, share: Math.min(100, Math.max(0, Number(event.target.value))) / 100 })} />
      </div>
      <datalist id={list}>{data?.items.filter((one) => one.provider !== 'builtin').map((one) => <option key={one.ref} value={one.ref} />)}</datalist>
      {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refused}</p>}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="min-w-40 flex-1 text-sm text-muted">{draft === null ? '' : t('editor.unsaved')}</p>
        {draft !== null && <Button look="quiet" onClick={() => keep(null)}>{t('editor.discard')}</Button>}
        {role.by_difficulty && <Button disabled={saving} onClick={() => void save(null)}>{tr('difficulty.turnOff')}</Button>}
        <Button type="submit" look="primary" disabled={draft === null || saving}>{t('save')}</Button>
      </div>
    </form>
  );
}

function Trial({ role }: { role: string }): ReactNode {
  const [question, setQuestion] = useState('');
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const ask = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      setVerdict(await weigh(role, question));
    } catch (error) {
      problem(error);
    }
  };
  return (
    <form className="grid gap-2 border-t border-line pt-4" onSubmit={(event) => void ask(event)}>
      <Field label={tr('difficulty.try')} value={question} required maxLength={4000} onChange={(event) => setQuestion(event.target.value)} />
      <Button type="submit" className="justify-self-start">{tr('difficulty.weigh')}</Button>
      {verdict && <p role="status" className="text-sm" data-testid="verdict"><strong className="font-medium">{t(verdict.strong ? 'difficulty.toStrong' : 'difficulty.toWeak')}</strong> {verdict.reason}</p>}
    </form>
  );
}
