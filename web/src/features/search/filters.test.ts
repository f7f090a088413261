import { expect, test } from 'vitest';
import { filter, has, pieces, toggled } from '@/features/search/filters';

test('a text is taken apart', () => {
  expect(pieces('ferry "to Rome"  tag:"to do" after:2026-01')).toEqual(['ferry', '"to Rome"', 'tag:"to do"', 'after:2026-01']);
});

test('a value with spaces is quoted', () => {
  expect(filter('tag', 'to do')).toBe('tag:"to do"');
  expect(filter('tag', 'work')).toBe('tag:work');
});

test('a filter comes and goes, and words stay', () => {
  const once = toggled('ferry', 'tag:work');
  expect(once).toBe('ferry tag:work');
  expect(has(once, 'TAG:work')).toBe(true);
  expect(toggled(once, 'tag:work')).toBe('ferry');
  expect(toggled(once, 'tag:rome')).toBe('ferry tag:work tag:rome');
});

test('one date and one speaker at a time', () => {
  expect(toggled('ferry after:2026', 'on:2025')).toBe('ferry on:2025');
  expect(toggled('from:me x', 'from:assistant')).toBe('x from:assistant');
});
