import { expect, it } from 'vitest';
import { modelHref, modelOf } from '@/lib/model-href';

const PLACES = ['/models', '/models/get', '/models/servers'];

it('finds the model of its own address', () => {
  for (const ref of ['ollama/llama3.2:3b', 'hub/org/model?x#1', 'llama_cpp//models/a b.gguf', 'a/100%']) expect(modelOf(modelHref(ref), PLACES)).toBe(ref);
});

it('leaves the places of all models alone', () => {
  for (const path of [...PLACES, '/models/', '/models/get/']) expect(modelOf(path, PLACES)).toBeNull();
  expect(modelOf('/models/get/x', PLACES)).toBe('get/x');
});

it('takes an address as it is that nobody encoded', () => {
  expect(modelOf('/models/a/100%', PLACES)).toBe('a/100%');
});
