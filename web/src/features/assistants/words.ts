/** What the place of assistants says. */
import type { Effect, Part, Status } from '@/api/assistants';
import { enAssistantFields } from '@/i18n/en-assistant-fields';
import { enAssistants } from '@/i18n/en-assistants';
import { texts } from '@/i18n/t';
import { fullTime } from '@/lib/time';

export type Words = keyof typeof enAssistants;

export const ta = texts<Words>(enAssistants);

/** What a field is called. */
export function fieldName(field: string): string {
  return enAssistantFields[field] ?? field;
}

/** What a facet is called. */
export function partName(part: string): string {
  return part in PARTS ? ta(`facet.${part as Part}`) : part;
}

const PARTS: Record<Part, true> = { core: true, identity: true, configuration: true, capabilities: true, growth: true, quality: true, display: true };

/** What a version was made by. */
export function reasonWords(reason: string): string {
  const restored = /^restored (\d+)$/.exec(reason);
  if (restored) return ta('reason.restored', { n: restored[1] ?? '' });
  const key = `reason.${reason}`;
  return key in enAssistants ? ta(key as Words) : reason;
}

export const statusWord = (status: Status): string => ta(`status.${status}`);

/** A value as people read it on a line. */
export function plainValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return ta('field.empty');
  if (typeof value === 'boolean') return value ? ta('field.yes') : ta('field.no');
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.length === 0 ? ta('field.empty') : value.join(', ');
  if (typeof value === 'object') return Object.keys(value).length === 0 ? ta('field.empty') : JSON.stringify(value);
  return String(value);
}

/** The same, where the kind of field is known: moments in the person's own way. */
export function fieldValue(effect: Effect, value: unknown): string {
  return effect.kind === 'moment' && typeof value === 'string' ? fullTime(value) : plainValue(value);
}
