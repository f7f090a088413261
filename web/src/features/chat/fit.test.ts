import { expect, it } from 'vitest';
import type { Message, Model } from '@/api/types';
import { overflowWarning } from '@/features/chat/fit';

const model: Model = {
  ref: 'x/small', name: 'small', provider: 'ollama', endpoint: 'x', local: true, context_length: 100, vision: null,
  tools: null, reasoning: null, raw_only: false, size_bytes: null, available: true, detail: '',
  memory_bytes: null,
  memory_measured: false, fits: null, fit_reason: null, kind: 'chat', parameters: null, quantization: null, loaded: null,
  window_from: 'reported', refuses: false,
};

it('warns only where the text does not fit', () => {
  expect(overflowWarning(model, [], 'short', false)).toBeNull();
  expect(overflowWarning(model, [], 'word '.repeat(200), false)).toContain('small can read 100');
  expect(overflowWarning({ ...model, context_length: null }, [], 'word '.repeat(200), false)).toBeNull();
});

it('does not warn of what the model was told a summary of', () => {
  const answer = (change: Partial<Message>): Message =>
    ({ role: 'assistant', model: 'x/small', metadata: {}, token_count: null, parts: [{ type: 'text', text: 'word '.repeat(200) }], ...change }) as Message;
  const summarised = { context: 'summarised' };
  expect(overflowWarning(model, [answer({})], 'short', false)).toContain('summarised or left out');
  expect(overflowWarning(model, [answer({ metadata: summarised })], 'short', false)).toBeNull();
  expect(overflowWarning(model, [answer({ metadata: summarised })], 'word '.repeat(200), false)).toContain('small can read 100');
  expect(overflowWarning(model, [answer({ metadata: summarised, model: 'x/longer' })], 'short', false)).toContain('small can read 100');
});
