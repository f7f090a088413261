/** Fields as a form holds them: every value is a text, and back again. */
import type { AssistantFull, Effect, Part } from '@/api/assistants';
import { ta } from '@/features/assistants/words';

export type Body = Record<string, unknown>;

/** A field of a form; those of facets are described by the server's table of effects. */
export type FormField = Pick<Effect, 'field' | 'kind' | 'doc' | 'choices' | 'default' | 'in_effect' | 'least' | 'most' | 'longest'>;

/** What of the slim core a person changes; it is no facet, so the table does not list it. */
export function coreFields(slug: string): FormField[] {
  const plain = { choices: [], default: null, in_effect: true, least: null, most: null, longest: 255 };
  return [
    { ...plain, field: 'name', kind: 'line', doc: ta('field.name.doc') },
    { ...plain, field: 'slug', kind: 'line', doc: ta('field.slug.doc', { slug }) },
    { ...plain, field: 'parent_assistant', kind: 'assistant', doc: ta('field.parent.doc') },
    { ...plain, field: 'is_demo', kind: 'flag', doc: ta('field.demo.doc'), default: false },
  ];
}

/** The text of the prompt is written like a field of the configuration, but kept as versions of its own. */
export const PROMPT = 'prompt';
export const NOTE = 'prompt_note';
/** The longest text of a prompt, as the server takes it. */
const LONGEST_PROMPT = 200_000;

export function promptField(version: number | null): FormField {
  const doc = version === null ? ta('field.prompt.doc') : ta('field.prompt.docOf', { n: version });
  return { field: PROMPT, kind: 'prose', doc, choices: [], default: null, in_effect: true, least: null, most: null, longest: LONGEST_PROMPT };
}

/** What is stored of a part, by the names of its fields. */
export function storedOf(full: AssistantFull, part: Part): Body {
  if (part === 'core') return full;
  const facet = full[part] as Body;
  return part === 'configuration' ? { ...facet, [PROMPT]: full.prompt?.text ?? null } : facet;
}

/** The version of a part, for optimistic locking. */
export function versionOf(full: AssistantFull, part: Part): number {
  return part === 'core' ? full.version : full[part].version;
}

/** A value as the form shows it. */
export function toText(field: Pick<FormField, 'kind'>, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (field.kind === 'flag') return value === true ? 'true' : 'false';
  if (field.kind === 'moment') return typeof value === 'string' ? localMoment(value) : '';
  if (isWords(value)) return value.join('\n');
  if (typeof value === 'object' && Object.keys(value).length === 0) return '';
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

export type Read = { ok: true; value: unknown } | { ok: false; reason: string };

/** What a text of the form means; nothing is the default again. */
export function fromText(field: Pick<FormField, 'kind'>, text: string): Read {
  const trimmed = text.trim();
  switch (field.kind) {
    case 'flag':
      return { ok: true, value: text === 'true' };
    case 'whole':
    case 'number':
      return trimmed === '' ? { ok: true, value: null } : numberOf(trimmed);
    case 'moment':
      return { ok: true, value: trimmed === '' ? null : new Date(trimmed).toISOString() };
    case 'list':
    case 'list_or_map':
      return /^[[{]/.test(trimmed) ? json(trimmed) : { ok: true, value: trimmed === '' ? null : lines(text) };
    case 'map':
      return trimmed === '' ? { ok: true, value: null } : json(trimmed);
    default:
      // What is only spaces is a text too; nothing at all is the default.
      return { ok: true, value: text === '' ? null : text };
  }
}

function numberOf(text: string): Read {
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, reason: ta('field.notNumber') };
}

function json(text: string): Read {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false, reason: ta('field.notJson') };
  }
}

/** The lines of a text that say something. */
export function lines(text: string): string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

/** Whether a list reads back from its lines as it was. */
function isWords(value: unknown): value is string[] {
  if (!Array.isArray(value)) return false;
  return value.every((one, i) => typeof one === 'string' && one !== '' && one === one.trim() && !one.includes('\n') && !(i === 0 && /^[[{]/.test(one)));
}

/** A moment in the browser's own zone, as its picker takes it. */
function localMoment(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
