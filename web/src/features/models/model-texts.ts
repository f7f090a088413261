/** The texts of a single model, and what its facts are called: loaded with its place. */
import type { Fact } from '@/api/types';
import { enModel } from '@/i18n/en-model';
import { roleName } from '@/i18n/roles';
import { texts } from '@/i18n/t';
import { readableRate } from '@/lib/figures';

export const to = texts(enModel);

type FactKey = Extract<keyof typeof enModel, `fact.${string}`>;

/** What a fact is called; one that is new here has its own name. */
export function factName(name: string): string {
  const key = `fact.${name}` as FactKey;
  return key in enModel ? to(key) : name.replaceAll('_', ' ');
}

/** In what a fact is counted; empty where it is in nothing. */
export function unitOf(name: string): string {
  if (name === 'context_length') return to('unit.context_length');
  if (name.includes('memory_gb')) return to('unit.gb');
  return /strength|creativity|score|sensitivity/.test(name) ? to('unit.share') : '';
}

/** The value of a fact for people. */
export function factValue(name: string, { value }: Fact): string {
  if (value === null) return to('one.unknown');
  if (typeof value === 'boolean') return value ? to('one.yes') : to('one.no');
  if (typeof value === 'string') return value;
  const unit = unitOf(name);
  const number = name === 'model_size' ? compact.format(value) : Number.isInteger(value) ? value.toLocaleString() : readableRate(value);
  return unit === '' || unit === to('unit.share') ? number : `${number} ${unit}`;
}

const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumSignificantDigits: 3 });

/** What a setting is called. */
export function settingName(id: string): string {
  if (id === 'keep_alive') return to('set.keep');
  if (id === 'fallbacks') return to('set.fallbacks');
  const [group = '', ...rest] = id.split('.');
  const name = rest.join('.');
  if (group === 'temperature_defaults') return roleName(name);
  const unit = unitOf(name);
  return unit === '' ? factName(name) : `${factName(name)} (${unit})`;
}
