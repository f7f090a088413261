import { expect, it } from 'vitest';
import type { Problem } from '@/api/broker';
import { CAPABILITIES, FALLBACKS, KEEP_ALIVE, isKeyOf, sorted, temperatureField, typedIn, withTyped } from '@/features/models/setting-fields';

const NAMES = ['ollama/llama3.1:8b', 'llama3.1:8b'];
const FIELDS = [KEEP_ALIVE, FALLBACKS, ...CAPABILITIES, temperatureField('planner')];
const FILE = JSON.stringify({ version: 1, model_profiles: { 'llama3.1:8b': { keep_alive: '30m', capabilities: { supports_tools: true } } }, hot_swap: true });

it('writes where the model is named already, and leaves the rest', () => {
  const after = withTyped(FILE, NAMES, FIELDS, { keep_alive: '0', 'capabilities.supports_tools': '', 'temperature_defaults.planner': '0.2', fallbacks: 'a/b, c' });
  expect(JSON.parse(after ?? '')).toEqual({
    version: 1,
    model_profiles: { 'llama3.1:8b': { keep_alive: 0, temperature_defaults: { planner: 0.2 } } },
    hot_swap: true,
    fallbacks: { 'llama3.1:8b': ['a/b', 'c'] },
  });
});

it('names a model by its reference where nobody named it', () => {
  expect(JSON.parse(withTyped('', NAMES, FIELDS, { keep_alive: '1h' }) ?? '')).toEqual({ version: 1, model_profiles: { 'ollama/llama3.1:8b': { keep_alive: '1h' } } });
});

it('sends what is no number as it is, for the server to refuse', () => {
  const after = withTyped('', NAMES, FIELDS, { 'capabilities.context_length': 'many' });
  expect(after).toContain('"context_length": "many"');
});

it('reads what the file says as it would be typed', () => {
  const document = JSON.parse(FILE) as Parameters<typeof typedIn>[0];
  expect(typedIn(document, NAMES, KEEP_ALIVE)).toBe('30m');
  expect(typedIn(document, NAMES, { id: 'capabilities.supports_tools', kind: 'flag' })).toBe('true');
  expect(typedIn(document, NAMES, FALLBACKS)).toBe('');
});

it('leaves a file alone that cannot be read', () => {
  expect(withTyped('{', NAMES, FIELDS, { keep_alive: '1h' })).toBeNull();
});

it('brings every problem to its field', () => {
  const document = JSON.parse(FILE) as Parameters<typeof typedIn>[0];
  const wrong = (key: string): Problem => ({ code: 'config.value', message: key, key, file: null, line: 1, column: 1, nearest: null, warning: false });
  const { here, elsewhere } = sorted([wrong('model_profiles."llama3.1:8b".keep_alive'), wrong('fallbacks."llama3.1:8b"[0]'), wrong('hot_swap')], document, NAMES, FIELDS);
  expect(Object.keys(here)).toEqual(['keep_alive', 'fallbacks']);
  expect(elsewhere.map((one) => one.key)).toEqual(['hot_swap']);
});

it('knows its key under each name', () => {
  expect(isKeyOf('model_profiles."ollama/llama3.1:8b".keep_alive', NAMES, KEEP_ALIVE)).toBe(true);
  expect(isKeyOf('model_profiles."other".keep_alive', NAMES, KEEP_ALIVE)).toBe(false);
});
