import { expect, it } from 'vitest';
import { keysOf } from '@/features/configuration/words';

it('lists the keys of a document, and quotes names with dots', () => {
  const tree = { hot_swap: false, model_profiles: { 'llama3.1:8b': { capabilities: { creativity: 1 } } }, pools: { a: ['x'] } };
  expect(keysOf(tree)).toEqual([
    'hot_swap',
    'model_profiles',
    'model_profiles."llama3.1:8b"',
    'model_profiles."llama3.1:8b".capabilities',
    'model_profiles."llama3.1:8b".capabilities.creativity',
    'pools',
    'pools.a',
  ]);
});
