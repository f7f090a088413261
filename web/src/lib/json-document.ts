/** A JSON document in a text, read and changed in one place without touching the rest. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The document in the text, a fresh one for none; null where it is no object that could be added to. */
export function documentOf(text: string): JsonObject | null {
  if (text.trim() === '') return { version: 1 };
  try {
    const found = JSON.parse(text) as Json;
    return isObject(found) ? found : null;
  } catch {
    return null;
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object under `key`, or an empty one. */
export function inside(parent: JsonObject, key: string): JsonObject {
  const found = parent[key];
  return isObject(found) ? found : {};
}

/** What stands at the path; undefined where nothing does. */
export function valueAt(document: JsonObject, path: readonly string[]): Json | undefined {
  let at: Json | undefined = document;
  for (const step of path) at = isObject(at) ? at[step] : undefined;
  return at;
}

/** The document with the value at the path, or without it; an object that is empty then goes with it. */
export function withValue(document: JsonObject, path: readonly string[], value: Json | undefined): JsonObject {
  const [step, ...rest] = path;
  if (step === undefined) return document;
  const inner = rest.length === 0 ? value : withValue(inside(document, step), rest, value);
  const empty = inner === undefined || (rest.length > 0 && isObject(inner) && Object.keys(inner).length === 0);
  if (!empty) return { ...document, [step]: inner };
  const { [step]: _, ...without } = document;
  return without;
}

/** The document as a text, indented as the one before it. */
export function textOf(document: JsonObject, before: string): string {
  return `${JSON.stringify(document, null, indentOf(before))}\n`;
}

/** How the text is indented; two spaces where it is not. */
function indentOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

const PLAIN = /^[A-Za-z0-9_$-]+$/;

/** The path as the server writes it: names with dots and the like in quotes. */
export function dotted(path: readonly string[]): string {
  return path.map((step) => (PLAIN.test(step) ? step : JSON.stringify(step))).join('.');
}
