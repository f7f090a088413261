import { expect, it } from 'vitest';
import { documentOf, dotted, textOf, valueAt, withValue } from '@/lib/json-document';

it('changes one place and leaves everything else as it is', () => {
  const before = { version: 1, model_profiles: { 'a/b:1': { keep_alive: '5m', capabilities: { creativity: 1 } } }, hot_swap: true };
  const after = withValue(before, ['model_profiles', 'a/b:1', 'capabilities', 'creativity'], 0.5);
  expect(valueAt(after, ['model_profiles', 'a/b:1', 'capabilities', 'creativity'])).toBe(0.5);
  expect(Object.keys(after)).toEqual(['version', 'model_profiles', 'hot_swap']);
  expect(valueAt(after, ['model_profiles', 'a/b:1', 'keep_alive'])).toBe('5m');
  expect(valueAt(before, ['model_profiles', 'a/b:1', 'capabilities', 'creativity'])).toBe(1);
});

it('takes what is empty away with its last value', () => {
  const before = { version: 1, model_profiles: { a: { capabilities: { creativity: 1 } }, b: {} } };
  expect(withValue(before, ['model_profiles', 'a', 'capabilities', 'creativity'], undefined)).toEqual({ version: 1, model_profiles: { b: {} } });
  expect(withValue({ version: 1 }, ['model_profiles', 'a', 'keep_alive'], undefined)).toEqual({ version: 1 });
});

it('reads no document where there is none to add to', () => {
  expect(documentOf('')).toEqual({ version: 1 });
  expect(documentOf('[1]')).toBeNull();
  expect(documentOf('{')).toBeNull();
});

it('keeps the indent of the text', () => {
  expect(textOf({ version: 1 }, '{\n    "version": 1\n}')).toBe('{\n    "version": 1\n}\n');
});

it('writes paths as the server does', () => {
  expect(dotted(['model_profiles', 'llama3.1:8b', 'keep_alive'])).toBe('model_profiles."llama3.1:8b".keep_alive');
});
