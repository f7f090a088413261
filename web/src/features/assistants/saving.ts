/** Storing what was typed, part by part, against the version that was read. */
import { assistantQuery, assistants, refreshAssistants, type AssistantFull, type Part } from '@/api/assistants';
import { ApiError } from '@/api/http';
import { queryClient } from '@/api/queries';
import { contested, readDraft, rebased, without, writeDraft, type Draft } from '@/features/assistants/drafts';
import { fromText, NOTE, PROMPT, storedOf, toText, versionOf, type Body, type FormField } from '@/features/assistants/fields';

/** What is wrong with a form: a sentence, and one for each field that is meant. */
export interface Refusal {
  message: string;
  fields: Readonly<Record<string, string>>;
}

/** The stored value of each field of a part, as the form shows it. */
export function storedText(full: AssistantFull, part: Part, fields: readonly FormField[]): (field: string) => string {
  const stored = storedOf(full, part);
  const kinds = new Map(fields.map((field) => [field.field, field]));
  return (field) => toText(kinds.get(field) ?? { kind: 'line' }, stored[field]);
}

/** What of the texts cannot be sent at all, by field. */
export function faultsIn(texts: Readonly<Record<string, string>>, fields: readonly FormField[]): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of fields) {
    const text = texts[field.field];
    const read = text === undefined ? null : fromText(field, text);
    if (read && !read.ok) faults[field.field] = read.reason;
  }
  return faults;
}

/** The texts as values; those that mean nothing are left out. */
export function valuesOf(texts: Readonly<Record<string, string>>, fields: readonly FormField[], part: Part): Body {
  const body: Body = {};
  for (const field of fields) {
    const text = texts[field.field];
    if (text === undefined || field.field === PROMPT || field.field === NOTE) continue;
    const read = fromText(field, text);
    // A name that was emptied is for the server to refuse: null would leave it as it is.
    if (read.ok) body[field.field] = part === 'core' && read.value === null && field.kind === 'line' ? '' : read.value;
  }
  return body;
}

/** Stores the draft of a part; returns null when all of it is stored, otherwise what is wrong, or `conflict`. */
export async function save(reference: string, part: Part, fields: readonly FormField[], again = true): Promise<Refusal | 'conflict' | null> {
  const full = queryClient.getQueryData<AssistantFull>(assistantQuery(reference).queryKey);
  const draft = full ? readDraft(full.id, part) : null;
  if (!full || !draft) return null;
  try {
    await send(reference, full, part, fields, draft);
    void refreshAssistants();
    return null;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'assistant.conflict') return refusalOf(error, fields);
    return (await standsOnTop(reference, part, fields)) && again ? save(reference, part, fields, false) : 'conflict';
  }
}

async function send(reference: string, full: AssistantFull, part: Part, fields: readonly FormField[], draft: Draft): Promise<void> {
  let { version } = draft;
  const plain = Object.fromEntries(Object.entries(draft.texts).filter(([field]) => field !== PROMPT && field !== NOTE));
  if (Object.keys(plain).length > 0) {
    const view = await assistants.change(full.id, part, { ...valuesOf(plain, fields, part), version });
    version = Number(view.version);
    took(reference, part, view, plain, version);
  }
  const text = draft.texts[PROMPT];
  const note = draft.texts[NOTE];
  if (text === undefined) {
    // A reason without a change is no change.
    if (note !== undefined) writeDraft(full.id, part, without(readDraft(full.id, part), { [NOTE]: note }, version));
    return;
  }
  const view = await assistants.write(full.id, text, note?.trim() || null, version);
  const sent: Record<string, string> = note === undefined ? { [PROMPT]: text } : { [PROMPT]: text, [NOTE]: note };
  took(reference, part, view, sent, Number(view.version));
}

/** Shows what was stored at once, and lets go of it in the draft. */
function took(reference: string, part: Part, view: Body, sent: Readonly<Record<string, string>>, version: number): void {
  const { queryKey } = assistantQuery(reference);
  const full = queryClient.setQueryData<AssistantFull>(queryKey, (before) => {
    if (!before) return before;
    if (part === 'core') return { ...before, ...view };
    const text = sent[PROMPT];
    const prompt =
      text === undefined
        ? before.prompt
        : { id: String(view.system_prompt), version: Number(view.prompt_version), title: before.prompt?.title ?? before.name, text };
    return { ...before, [part]: view, prompt };
  });
  if (full) writeDraft(full.id, part, without(readDraft(full.id, part), sent, version));
}

/** Reads what is stored now; whether what was typed contends with none of it, and then stands on top. */
async function standsOnTop(reference: string, part: Part, fields: readonly FormField[]): Promise<boolean> {
  const full = await queryClient.fetchQuery(assistantQuery(reference));
  const draft = readDraft(full.id, part);
  const stored = storedText(full, part, fields);
  if (!draft || contested(draft, stored).length > 0) return false;
  writeDraft(full.id, part, rebased(draft, versionOf(full, part), stored));
  return true;
}

function refusalOf(error: unknown, fields: readonly FormField[]): Refusal {
  const message = error instanceof Error ? error.message : String(error);
  const found: Record<string, string> = {};
  for (const one of error instanceof ApiError ? error.errors : []) {
    const steps = one.path.split('.');
    const field = fields.find(({ field: name }) => steps.includes(name));
    if (field) found[field.field] ??= one.message;
  }
  return { message, fields: found };
}
