/** Text for people: a typed catalogue with named values and plurals. */
import { en } from '@/i18n/en';

export type MessageKey = keyof typeof en;
type Values = Record<string, string | number>;

const catalogue: Readonly<Record<MessageKey, string>> = en;
const plural = new Intl.PluralRules('en');

/**
 * The message for `key` with `{name}` replaced by its value;
 * `{n|one:message|other:messages}` picks the plural form of `n`.
 */
export function t(key: MessageKey, values: Values = {}): string {
  const text = catalogue[key];
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
