/**
 * What a person says of a model, in their own file: checked by the server while it is typed, saved over exactly what was
 * read. What somebody else saved meanwhile is kept; where both changed the same, both are shown and the person chooses.
 */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { configuration, fileQuery, isConflict, problemsIn, refreshBroker, rolesQuery, USER_FILE, type ConfigurationFileText, type Problem } from '@/api/broker';
import { refreshModels } from '@/api/models';
import { queryClient } from '@/api/queries';
import type { ModelFacts } from '@/api/types';
import { SettingConflict } from '@/features/models/setting-conflict';
import { useSettingDraft, type Drafting } from '@/features/models/setting-drafts';
import { SettingInput } from '@/features/models/setting-input';
import { CAPABILITIES, FALLBACKS, KEEP_ALIVE, sorted, temperatureField, typedIn, withTyped, type SettingField } from '@/features/models/setting-fields';
import { settingName, to } from '@/features/models/model-texts';
import { nameOf } from '@/features/models/names';
import { t } from '@/i18n/t';
import { documentOf, type JsonObject } from '@/lib/json-document';
import { go, Link } from '@/lib/place';
import { problem as tell, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { ProblemList } from '@/ui/editor/problem-list';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const EDITOR = `/settings/server/configuration/${USER_FILE}`;
const PAUSE_MS = 250;
const UNDO_MS = 10_000;
/** What such models fill has no temperature. */
const SILENT = ['embedder', 'transcriber', 'speaker'];
const LINK = 'font-medium text-accent underline underline-offset-2';

export function ModelSettings({ facts }: { facts: ModelFacts }): ReactNode {
  const { data, error, refetch } = useQuery(fileQuery(USER_FILE));
  const document = data ? documentOf(data.text) : null;
  return (
    <Group id="settings" title={to('set.title')} lead={to('set.lead', { file: USER_FILE })}>
      {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={USER_FILE} rows={1} />}
      {data && document === null && (
        <p className="text-sm text-muted" data-testid="unreadable">
          {to('set.unreadable', { file: USER_FILE })} <Link href={EDITOR} className={LINK}>{to('set.mend')}</Link>
        </p>
      )}
      {data && document && <Form facts={facts} file={data} document={document} />}
    </Group>
  );
}

interface FormProps {
  facts: ModelFacts;
  file: ConfigurationFileText;
  document: JsonObject;
}

function Form({ facts, file, document }: FormProps): ReactNode {
  const { model, names } = facts;
  const temperatures = useTemperatures(document, names);
  const fields = [KEEP_ALIVE, FALLBACKS, ...CAPABILITIES, ...temperatures];
  const said = (id: string): string => {
    const field = fields.find((one) => one.id === id);
    return field ? typedIn(document, names, field) : '';
  };
  const draft = useSettingDraft(model.ref, said);
  const text = withTyped(file.text, names, fields, draft.typed) ?? file.text;
  const { problems, checked } = useProblems(model.ref, text);
  const { here, elsewhere } = sorted(problems, documentOf(text) ?? document, names, fields);
  const [saving, setSaving] = useState(false);
  const dirty = Object.keys(draft.typed).length > 0;
  const conflict = draft.contested.length > 0;
  const save = async (event?: FormEvent): Promise<void> => {
    event?.preventDefault();
    if (!dirty || saving || (event && conflict)) return;
    setSaving(true);
    await write(facts, fields, draft);
    setSaving(false);
  };
  const discard = (words: string): void => {
    const undo = draft.clear();
    toast(words, { action: { label: t('undo'), run: undo }, ms: UNDO_MS });
  };
  const input = (field: SettingField): ReactNode => (
    <SettingInput key={field.id} field={field} facts={facts} own={said(field.id)} value={draft.typed[field.id] ?? said(field.id)} problem={here[field.id]} onChange={(value) => draft.change(field.id, value)} />
  );
  const count = (some: readonly SettingField[]): number => some.filter((field) => here[field.id] ?? draft.typed[field.id] ?? said(field.id)).length;
  return (
    <form className={`${CARD} grid grid-cols-[minmax(0,1fr)] gap-4 p-4`} data-testid="model-settings" onSubmit={(event) => void save(event)}>
      {conflict && (
        <SettingConflict
          file={USER_FILE}
          sides={draft.contested.map((id) => ({ id, name: settingName(id), mine: draft.typed[id] ?? '', theirs: said(id) }))}
          onMine={() => void save()}
          onTheirs={() => discard(t('editor.tookTheirs'))}
          onBoth={draft.rebase}
        />
      )}
      <div className="grid gap-4 sm:grid-cols-2">
        {(facts.stays !== null || said(KEEP_ALIVE.id) !== '') && input(KEEP_ALIVE)}
        {model.kind === 'chat' && input(FALLBACKS)}
      </div>
      <More title={to('set.can')} lead={to('set.canLead')} said={count(CAPABILITIES)}>{CAPABILITIES.map(input)}</More>
      {model.kind === 'chat' && <More title={to('set.temperature')} lead={to('set.temperatureLead')} said={count(temperatures)}>{temperatures.map(input)}</More>}
      {elsewhere.length > 0 && (
        <div className="grid gap-1.5">
          <p className="text-sm font-medium">{to('set.elsewhere', { file: USER_FILE })}</p>
          <ProblemList problems={elsewhere} onGo={({ line, column }) => go(`${EDITOR}?line=${line ?? 1}&column=${column ?? 1}`)} />
        </div>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="min-w-40 flex-1 text-sm text-muted" data-testid="settings-state">{stateLine(dirty, checked, problems)}</p>
        <Link href={EDITOR} className={`inline-flex min-h-9 items-center px-2 text-sm ${LINK}`}>{to('set.whole')}</Link>
        {dirty && <Button look="quiet" onClick={() => discard(t('editor.discarded'))}>{t('editor.discard')}</Button>}
        <Button type="submit" look="primary" disabled={!dirty || saving || conflict}>{t('save')}</Button>
      </div>
    </form>
  );
}

/** One field for each role that answers, and for each the file names. */
function useTemperatures(document: JsonObject, names: readonly string[]): SettingField[] {
  const roles = (useQuery(rolesQuery).data?.items ?? []).map(({ role }) => role).filter((role) => !SILENT.includes(role));
  const named = names.flatMap((name) => {
    const model = (document.model_profiles as JsonObject | undefined)?.[name] as JsonObject | undefined;
    return Object.keys((model?.temperature_defaults ?? {}) as JsonObject);
  });
  return [...new Set([...roles, ...named])].map(temperatureField);
}

/** Saves the draft over what the file says now, once more where only something else in it was changed. */
async function write(facts: ModelFacts, fields: readonly SettingField[], draft: Drafting, again = true): Promise<void> {
  const { model, names } = facts;
  const { queryKey } = fileQuery(USER_FILE);
  const file = queryClient.getQueryData<ConfigurationFileText>(queryKey);
  const text = file ? withTyped(file.text, names, fields, draft.typed) : null;
  if (!file || text === null) return;
  try {
    const written = await configuration.write(USER_FILE, text, file.etag);
    queryClient.setQueryData(queryKey, { ...written, text });
    draft.settle(draft.typed);
    toast(to('set.saved', { model: nameOf(model) }));
  } catch (error) {
    if (isConflict(error)) {
      const before = documentOf(file.text);
      const now = await queryClient.fetchQuery({ ...fileQuery(USER_FILE), staleTime: 0 }).catch(tell);
      const after = now ? documentOf(now.text) : null;
      const alike = before && after && fields.every((field) => draft.typed[field.id] === undefined || typedIn(before, names, field) === typedIn(after, names, field));
      if (alike && again) return write(facts, fields, draft, false);
    } else if (problemsIn(error).length === 0) tell(error);
    else tell(new Error(problemsIn(error)[0]?.message));
  }
  await Promise.all([refreshBroker(), refreshModels()]);
}

function stateLine(dirty: boolean, checked: boolean, problems: readonly Problem[]): string {
  if (!dirty) return '';
  const faults = problems.filter((one) => !one.warning).length;
  return `${faults > 0 ? t('editor.faults', { n: faults }) : checked ? t('editor.valid') : t('editor.checking')} ${t('editor.unsaved')}`;
}

/** What is wrong with the file as it would be, asked again after each pause in the typing. */
function useProblems(ref: string, text: string): { problems: Problem[]; checked: boolean } {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['validation', `model.${ref}`, settled],
    queryFn: () => (settled === '' ? { valid: true, problems: [], upgraded: [] } : configuration.validate(settled, 'json')),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  return { problems: data?.problems ?? [], checked: data !== undefined && !isPlaceholderData && settled === text };
}

interface MoreProps {
  title: string;
  lead: string;
  /** How many of the fields say something. */
  said: number;
  children: ReactNode;
}

/** Fields that few need: open where one of them says something. */
function More({ title, lead, said, children }: MoreProps): ReactNode {
  const [open, setOpen] = useState(said > 0);
  return (
    <details className="group/more rounded-lg border border-line" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="flex min-h-10 cursor-pointer items-center gap-1.5 px-3 text-sm font-medium hover:bg-hover">
        <span className="-rotate-90 text-muted transition-transform group-open/more:rotate-0"><Icon name="chevron" size={14} /></span>
        {title}
      </summary>
      <div className="grid gap-3 border-t border-line p-3">
        <p className="text-sm text-muted">{lead}</p>
        <div className="grid gap-4 sm:grid-cols-2">{children}</div>
      </div>
    </details>
  );
}
