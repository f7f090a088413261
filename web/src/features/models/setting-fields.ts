/** What can be said of a model in the person's own file: each field with its place there, read and written as text. */
import type { Problem } from '@/api/broker';
import { documentOf, dotted, textOf, valueAt, withValue, type Json, type JsonObject } from '@/lib/json-document';

/** How a field is typed, and what its text stands for. */
type Kind = 'time' | 'number' | 'text' | 'flag' | 'list';

export interface SettingField {
  /** Its place below the model, which names it. */
  id: string;
  kind: Kind;
}

export const CAPABILITIES = [
  { id: 'capabilities.context_length', kind: 'number' },
  { id: 'capabilities.quantization_level', kind: 'text' },
  { id: 'capabilities.model_size', kind: 'number' },
  { id: 'capabilities.memory_gb_estimate', kind: 'number' },
  { id: 'capabilities.min_memory_gb', kind: 'number' },
  { id: 'capabilities.recommended_memory_gb', kind: 'number' },
  { id: 'capabilities.reasoning_strength', kind: 'number' },
  { id: 'capabilities.coding_strength', kind: 'number' },
  { id: 'capabilities.creativity', kind: 'number' },
  { id: 'capabilities.multilingual_score', kind: 'number' },
  { id: 'capabilities.thermal_sensitivity', kind: 'number' },
  { id: 'capabilities.supports_tools', kind: 'flag' },
  { id: 'capabilities.supports_function_calling', kind: 'flag' },
  { id: 'capabilities.supports_vision', kind: 'flag' },
  { id: 'capabilities.requires_api_key', kind: 'flag' },
  { id: 'capabilities.model_source', kind: 'text' },
] as const satisfies SettingField[];

export const KEEP_ALIVE: SettingField = { id: 'keep_alive', kind: 'time' };
export const FALLBACKS: SettingField = { id: 'fallbacks', kind: 'list' };

/** How freely a model answers in one role. */
export function temperatureField(role: string): SettingField {
  return { id: `temperature_defaults.${role}`, kind: 'number' };
}

/** What was typed, by field. */
export type Typed = Readonly<Record<string, string>>;

/** Where a field stands in the file when the model is called so. */
function placeAs(name: string, field: SettingField): string[] {
  return field.id === FALLBACKS.id ? ['fallbacks', name] : ['model_profiles', name, ...field.id.split('.')];
}

/** Where a field stands, or would: under the name that says it already, else one that says anything, else the first. */
export function placeOf(document: JsonObject, names: readonly string[], field: SettingField): string[] {
  const saying = names.find((name) => valueAt(document, placeAs(name, field)) !== undefined);
  const named = names.find((name) => valueAt(document, ['model_profiles', name]) !== undefined);
  return placeAs(saying ?? named ?? names[0] ?? '', field);
}

/** What the file says in a field, as it would be typed. */
export function typedIn(document: JsonObject, names: readonly string[], field: SettingField): string {
  const value = valueAt(document, placeOf(document, names, field));
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a text stands for; what it cannot stand for is sent as it is, for the server to say so. */
function valueOf(text: string, kind: Kind): Json | undefined {
  const said = text.trim();
  if (said === '') return undefined;
  if (kind === 'list') return said.split(',').map((one) => one.trim()).filter((one) => one !== '');
  if (kind === 'flag') return said === 'true' ? true : said === 'false' ? false : said;
  const number = Number(said);
  return kind !== 'text' && Number.isFinite(number) ? number : said;
}

/** The text of the file with what was typed in it; null where it cannot be read. */
export function withTyped(text: string, names: readonly string[], fields: readonly SettingField[], typed: Typed): string | null {
  let document = documentOf(text);
  for (const field of fields) {
    const said = typed[field.id];
    if (document === null) return null;
    if (said !== undefined) document = withValue(document, placeOf(document, names, field), valueOf(said, field.kind));
  }
  return document === null ? null : textOf(document, text);
}

/** What the server says is wrong with each field, and what is wrong elsewhere in the file. */
export function sorted(problems: readonly Problem[], document: JsonObject, names: readonly string[], fields: readonly SettingField[]): { here: Record<string, Problem>; elsewhere: Problem[] } {
  const here: Record<string, Problem> = {};
  const elsewhere: Problem[] = [];
  for (const problem of problems) {
    const field = fields.find((one) => isBelow(problem.key, dotted(placeOf(document, names, one))) || isCircle(problem, names, one));
    if (field && !here[field.id]) here[field.id] = problem;
    else elsewhere.push(problem);
  }
  return { here, elsewhere };
}

/** Those who stand in for each other in a circle are told of at one of them; this one is in it. */
function isCircle({ key, message }: Problem, names: readonly string[], { id }: SettingField): boolean {
  return id === FALLBACKS.id && key.startsWith('fallbacks') && names.some((name) => message.includes(name));
}

function isBelow(key: string, place: string): boolean {
  return key === place || key.startsWith(`${place}.`) || key.startsWith(`${place}[`);
}

/** Whether a key of the configuration is this field of the model, under whichever of its names. */
export function isKeyOf(key: string, names: readonly string[], field: SettingField): boolean {
  return names.some((name) => dotted(placeAs(name, field)) === key);
}
