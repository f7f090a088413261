/**
 * One part of an assistant as a form. What is typed is kept in this browser until it is saved; where somebody else was
 * faster, both are shown, and the person chooses.
 */
import { useEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent, type ReactNode } from 'react';
import type { AssistantFull, Effect, Part } from '@/api/assistants';
import { Conflict } from '@/features/assistants/conflict';
import { contested, rebased, typed, useDraft, writeDraft, type Draft } from '@/features/assistants/drafts';
import { FacetField, paired } from '@/features/assistants/facet-field';
import { coreFields, NOTE, PROMPT, promptField, versionOf, type FormField } from '@/features/assistants/fields';
import { LifeFacts, Measures, Vectors } from '@/features/assistants/measures';
import { faultsIn, save, storedText, type Refusal } from '@/features/assistants/saving';
import { fieldName, partName, plainValue, ta } from '@/features/assistants/words';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

interface FacetFormProps {
  full: AssistantFull;
  /** By what the page reads the assistant. */
  reference: string;
  part: Part;
  effects: readonly Effect[];
  /** What stands before the buttons. */
  beside?: ReactNode;
}

const UNDO_MS = 10_000;

/** The fields of a part that a person changes. */
export function fieldsOf(full: AssistantFull, part: Part, effects: readonly Effect[]): FormField[] {
  if (part === 'core') return coreFields(full.slug);
  const own = effects.filter((one) => one.facet === part && one.editable);
  return part === 'configuration' ? [promptField(full.configuration.prompt_version), ...own] : own;
}

export function FacetForm({ full, reference, part, effects, beside }: FacetFormProps): ReactNode {
  const fields = useMemo(() => fieldsOf(full, part, effects), [full, part, effects]);
  const form = useForm(full, reference, part, fields);
  const { draft, refusal } = form;
  const mine = effects.filter((one) => one.facet === part);
  const faults = { ...refusal?.fields, ...faultsIn(draft?.texts ?? {}, fields) };
  const shown = (wanted: boolean): ReactNode[] =>
    paired(fields.filter((field) => field.in_effect === wanted)).map((field) => (
      <FacetField
        key={field.field}
        field={field}
        value={draft?.texts[field.field] ?? form.stored(field.field)}
        changed={draft?.texts[field.field] !== undefined}
        fault={faults[field.field]}
        named={field.field === 'parent_assistant' ? full.parent : full.mentor}
        self={full.id}
        onChange={(text) => form.type(field.field, text)}
      />
    ));
  const now = shown(true);
  const later = shown(false);
  return (
    <form ref={form.element} className="grid grid-cols-[minmax(0,1fr)] gap-6" noValidate onSubmit={form.submit} onKeyDown={form.onKey} data-testid="facet-form" data-part={part}>
      <p className="text-sm text-muted">{ta(`facet.${part}.lead`)}</p>
      <Unknown full={full} part={part} />
      {form.fought.length > 0 && draft && (
        <Conflict part={part} fields={fields.filter((field) => form.fought.includes(field.field))} mine={draft.texts} stored={form.stored} onMine={form.saveMine} onTheirs={form.takeTheirs} onBoth={form.goOn} />
      )}
      {now.length > 0 && <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">{now}</div>}
      {draft?.texts[PROMPT] !== undefined && (
        <Field label={ta('field.note')} hint={ta('field.noteHint')} value={draft.texts[NOTE] ?? ''} maxLength={500} onChange={(event) => form.type(NOTE, event.target.value)} />
      )}
      {later.length > 0 && (
        <section className="grid gap-4 rounded-xl border border-dashed border-edge p-4" data-testid="not-yet">
          <div>
            <h2 className="text-sm font-semibold">{ta('group.notYet')}</h2>
            <p className="text-[0.8125rem] text-muted">{ta('group.notYetLead')}</p>
          </div>
          <div className="grid gap-x-5 gap-y-4 sm:grid-cols-2">{later}</div>
        </section>
      )}
      <LifeFacts full={full} effects={mine} />
      <Vectors full={full} effects={mine} />
      {part !== 'core' && <Measures full={full} effects={effects} facet={part} />}
      {fields.length > 0 && <SaveBar form={form} faults={Object.keys(faults).length} beside={beside} />}
    </form>
  );
}

interface Form {
  element: React.RefObject<HTMLFormElement | null>;
  draft: Draft | null;
  refusal: Refusal | null;
  saving: boolean;
  /** The fields that somebody else changed too. */
  fought: string[];
  stored: (field: string) => string;
  type: (field: string, text: string) => void;
  submit: (event: FormEvent) => void;
  onKey: (event: KeyboardEvent) => void;
  saveMine: () => void;
  takeTheirs: () => void;
  goOn: () => void;
  discard: () => void;
}

function useForm(full: AssistantFull, reference: string, part: Part, fields: readonly FormField[]): Form {
  const element = useRef<HTMLFormElement>(null);
  const draft = useDraft(full.id, part);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [saving, setSaving] = useState(false);
  const stored = useMemo(() => storedText(full, part, fields), [full, part, fields]);
  const version = versionOf(full, part);
  const behind = draft !== null && draft.version !== version;
  const fought = behind ? contested(draft, stored) : [];
  const restsOn = (): void => {
    if (draft) writeDraft(full.id, part, rebased(draft, version, stored));
  };
  useEffect(() => {
    if (!behind || fought.length > 0 || saving) return;
    restsOn();
    if (Object.keys(draft.texts).some((field) => draft.texts[field] !== stored(field))) announce(ta('save.rebased'));
    // What was typed contends with nothing: it goes on from what is stored now.
  }, [behind, fought.length, saving, version]);

  const write = async (): Promise<void> => {
    if (saving) return;
    setSaving(true);
    const outcome = await save(reference, part, fields).finally(() => setSaving(false));
    setRefusal(outcome === 'conflict' ? null : outcome);
    if (outcome === null) toast(ta('save.saved', { facet: partName(part) }));
    else if (outcome !== 'conflict') requestAnimationFrame(() => element.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
  };
  const putAside = (left: Draft | null, said: string): void => {
    const before = draft;
    writeDraft(full.id, part, left);
    setRefusal(null);
    toast(said, { action: { label: t('undo'), run: () => writeDraft(full.id, part, before) }, ms: UNDO_MS });
  };
  return {
    element,
    draft,
    refusal,
    saving,
    fought,
    stored,
    type: (field, text) => {
      writeDraft(full.id, part, typed(draft, version, field, text, stored(field)));
      setRefusal(null);
    },
    submit: (event) => {
      event.preventDefault();
      if (draft && fought.length === 0) void write();
    },
    onKey: (event) => {
      if (event.key.toLowerCase() !== 's' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (draft && fought.length === 0) void write();
    },
    saveMine: () => {
      restsOn();
      void write();
    },
    takeTheirs: () => {
      if (!draft) return;
      const texts = Object.fromEntries(Object.entries(draft.texts).filter(([field]) => !fought.includes(field)));
      putAside(rebased({ ...draft, texts }, version, stored), ta('conflict.tookTheirs'));
    },
    goOn: restsOn,
    discard: () => putAside(null, ta('save.discarded')),
  };
}

function SaveBar({ form, faults, beside }: { form: Form; faults: number; beside: ReactNode }): ReactNode {
  const { draft, refusal, saving, fought } = form;
  const changes = Object.keys(draft?.texts ?? {}).filter((field) => field !== NOTE).length;
  const contends = fought.length > 0;
  const typed = changes > 0 ? ta('save.unsaved', { n: changes }) : ta('save.nothing');
  const state = contends ? ta('save.fought') : faults > 0 ? ta('save.faults', { n: faults }) : typed;
  return (
    <div className="sticky bottom-0 z-10 -mx-1.5 flex flex-wrap items-center justify-end gap-2 bg-paper px-1.5 py-2.5">
      {refusal && <p role="alert" className="basis-full text-sm text-danger [overflow-wrap:anywhere]" data-testid="refusal"><Sentence text={refusal.message} /></p>}
      <p role="status" className="flex-1 basis-full text-sm text-muted sm:basis-40" data-testid="save-state">{state}</p>
      {beside}
      {contends && <Button onClick={() => form.element.current?.querySelector('[data-testid=conflict]')?.scrollIntoView({ block: 'start' })}>{ta('save.showBoth')}</Button>}
      {draft && !contends && <Button look="quiet" onClick={form.discard}>{ta('save.discard')}</Button>}
      <Button type="submit" look="primary" disabled={!draft || saving || contends || faults > Object.keys(refusal?.fields ?? {}).length}>{ta('save')}</Button>
    </div>
  );
}

/** What an import brought for fields and is none of their values. */
function Unknown({ full, part }: { full: AssistantFull; part: Part }): ReactNode {
  const unknown = part === 'core' ? [] : full[part].unknown;
  if (unknown.length === 0) return null;
  return (
    <ul className="grid gap-1 rounded-xl bg-warn-soft px-4 py-2.5 text-sm text-warn" data-testid="unknown">
      {unknown.map((one) => (
        <li key={one.field} className="[overflow-wrap:anywhere]">
          {ta('field.unknown', { field: fieldName(one.field), value: plainValue(one.value), default: plainValue(one.behaves_as) })}
        </li>
      ))}
    </ul>
  );
}

/** Whether anything of a part is typed and not saved. */
export function useUnsaved(id: string, part: Part): boolean {
  return useDraft(id, part) !== null;
}

