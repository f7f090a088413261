import { expect, it } from 'vitest';
import type { Model } from '@/api/types';
import { overflowWarning } from '@/features/chat/fit';

const model: Model = {
  ref: 'x/small', name: 'small', provider: 'ollama', endpoint: 'x', local: true, context_length: 100, vision: null,
  tools: null, reasoning: null, raw_only: false, size_bytes: null, available: true, detail: '',
  memory_bytes: null, fits: null, fit_reason: null, kind: 'chat', parameters: null, quantization: null, loaded: null,
  window_from: 'reported', refuses: false,
};

it('warns only where the text does not fit', () => {
  expect(overflowWarning(model, [], 'short', false)).toBeNull();
  expect(overflowWarning(model, [], 'word '.repeat(200), false)).toContain('small can read 100');
  expect(overflowWarning({ ...model, context_length: null }, [], 'word '.repeat(200), false)).toBeNull();
});
