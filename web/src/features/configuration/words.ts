/** Files and keys of the configuration, in words. */
import type { ConfigurationFile } from '@/api/broker';
import { tg } from '@/features/configuration/texts';
import type { Tone } from '@/ui/badge';

/** The address of a file's page. */
export function fileHref(name: string): string {
  return `/settings/server/configuration/${encodeURIComponent(name)}`;
}

/** How a file fares, in a word or two. */
export function fileState({ exists, problems }: ConfigurationFile): { text: string; tone: Tone } {
  if (!exists) return { text: tg('config.absent'), tone: 'plain' };
  const faults = problems.filter((one) => !one.warning).length;
  if (faults > 0) return { text: tg('config.faults', { n: faults }), tone: 'bad' };
  return problems.length > 0 ? { text: tg('config.warnings', { n: problems.length }), tone: 'warn' } : { text: tg('config.holds'), tone: 'good' };
}

const PLAIN = /^[A-Za-z0-9_$-]+$/;
const MOST_KEYS = 400;

/** The dotted keys in a document, those of objects included; names with dots are quoted. */
export function keysOf(tree: unknown): string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || found.length >= MOST_KEYS) return;
    for (const [name, inner] of Object.entries(value)) {
      const step = PLAIN.test(name) ? name : JSON.stringify(name);
      const key = path === '' ? step : `${path}.${step}`;
      found.push(key);
      visit(inner, key);
    }
  };
  visit(tree, '');
  return found;
}

/** A value of the configuration, as it would be written. */
export function written(value: unknown): string {
  return JSON.stringify(value, null, typeof value === 'object' && value !== null ? 2 : undefined) ?? '';
}
