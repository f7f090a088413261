import { expect, it } from 'vitest';
import { halfSentence, sentence } from '@/lib/sentence';

it('makes a sentence of what begins in the middle', () => {
  expect(sentence('it needs 3.3 GB, 2.1 GB are free')).toBe('It needs 3.3 GB, 2.1 GB are free.');
  expect(sentence('Nobody agreed.')).toBe('Nobody agreed.');
  expect(sentence('')).toBe('');
});

it('lets a sentence go on in the middle of a line', () => {
  expect(halfSentence('Takes 3.3 GB, and 2.1 GB are free.')).toBe('takes 3.3 GB, and 2.1 GB are free');
  expect(halfSentence('GPU memory is full.')).toBe('GPU memory is full');
  expect(halfSentence('it needs 3.3 GB')).toBe('it needs 3.3 GB');
  expect(halfSentence('')).toBe('');
});
