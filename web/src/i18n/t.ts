/** Text for people: a typed catalogue with named values and plurals. */
import { en } from '@/i18n/en';

export type MessageKey = keyof typeof en;
type Values = Record<string, string | number>;

const plural = new Intl.PluralRules('en');

/**
 * A translator of a catalogue: the message for a key with `{name}` replaced by its value;
 * `{n|one:message|other:messages}` picks the plural form of `n`. A place that is loaded when it is gone to has a
 * catalogue of its own.
 */
export function texts<K extends string>(catalogue: Readonly<Record<K, string>>): (key: K, values?: Values) => string {
  return (key, values = {}) => filled(catalogue[key], values);
}

export const t: (key: MessageKey, values?: Values) => string = texts(en);

function filled(text: string, values: Values): string {
  if (!text.includes('{')) return text;
  return text.replace(/\{(\w+)(\|[^}]+)?\}/g, (_, name: string, forms?: string) => {
    const value = values[name] ?? '';
    return forms ? form(forms, Number(value)) : String(value);
  });
}

function form(forms: string, n: number): string {
  const wanted = plural.select(n);
  const options = forms.slice(1).split('|');
  const chosen = options.find((option) => option.startsWith(`${wanted}:`)) ?? options.at(-1) ?? '';
  return chosen.slice(chosen.indexOf(':') + 1);
}
