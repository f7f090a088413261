/** The models a person prefers for a role, read from and put into the text of their file. */
import { documentOf, inside, textOf, type Json, type JsonObject } from '@/lib/json-document';

/** The models the text prefers for a role; null where the text cannot be read. */
export function preferredIn(text: string, role: string): string[] | null {
  const document = documentOf(text);
  if (document === null) return null;
  const { preferred } = inside(inside(document, 'role_mappings'), role);
  return Array.isArray(preferred) ? preferred.filter((one) => typeof one === 'string') : [];
}

/** Two models for one role, by the difficulty of what is asked. */
export interface Pair {
  strong: string;
  weak: string;
  share: number;
}

/** The text with these models preferred for a role, all else as it was; null where the text cannot be read. */
export function withPreferred(text: string, role: string, preferred: readonly string[]): string | null {
  return withKey(text, role, 'preferred', preferred.length > 0 ? [...preferred] : undefined);
}

/** The text with these two models by difficulty for a role, or none; null where the text cannot be read. */
export function withPair(text: string, role: string, pair: Pair | null): string | null {
  return withKey(text, role, 'by_difficulty', pair === null ? undefined : { ...pair });
}

function withKey(text: string, role: string, key: string, value: Json | undefined): string | null {
  const document = documentOf(text);
  if (document === null) return null;
  const mappings = inside(document, 'role_mappings');
  const { [key]: _, ...rest } = inside(mappings, role);
  const mapping: JsonObject = value === undefined ? rest : { [key]: value, ...rest };
  const { [role]: __, ...others } = mappings;
  // A role that stood there keeps its place among the others.
  const roles = Object.keys(mapping).length === 0 ? others : { ...mappings, [role]: mapping };
  const { role_mappings: ___, ...without } = document;
  const written = Object.keys(roles).length === 0 ? without : { ...document, role_mappings: roles };
  return textOf(written, text);
}
