import { beforeEach, expect, test } from 'vitest';
import { choose, selection } from '@/lib/at-hand';

const ORDER = ['a', 'b', 'c', 'd', 'e'];

beforeEach(() => selection.set(null));

test('one after another, and left again', () => {
  choose('b', ORDER);
  choose('d', ORDER);
  expect(selection.get()?.ids).toEqual(['b', 'd']);
  choose('b', ORDER);
  expect(selection.get()?.ids).toEqual(['d']);
});

test('a range, either way, keeps what was chosen before', () => {
  choose('e', ORDER);
  choose('d', ORDER);
  choose('b', ORDER, true);
  expect(new Set(selection.get()?.ids)).toEqual(new Set(['b', 'c', 'd', 'e']));
  choose('a', ORDER, true);
  expect(selection.get()?.ids).toHaveLength(5);
});

test('a range without a beginning is one', () => {
  choose('c', ORDER, true);
  expect(selection.get()).toEqual({ ids: ['c'], anchor: 'c' });
});
