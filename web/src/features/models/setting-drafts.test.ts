import { expect, it } from 'vitest';
import { changed, contested, settled } from '@/features/models/setting-drafts';

const DRAFT = { typed: { keep_alive: '1h', fallbacks: 'a' }, base: { keep_alive: '5m', fallbacks: '' } };

it('contends only where the file says something else than when it was typed', () => {
  expect(contested(DRAFT, (id) => (id === 'keep_alive' ? '5m' : ''))).toEqual([]);
  expect(contested(DRAFT, (id) => (id === 'keep_alive' ? '9m' : ''))).toEqual(['keep_alive']);
});

it('counts what the file says already as not changed', () => {
  expect(changed(DRAFT, (id) => (id === 'keep_alive' ? '1h' : ''))).toEqual({ fallbacks: 'a' });
  expect(contested(DRAFT, (id) => (id === 'keep_alive' ? '1h' : ''))).toEqual([]);
});

it('keeps what was typed while it was being saved', () => {
  expect(settled(DRAFT, { keep_alive: '1h', fallbacks: 'b' })).toEqual({ typed: { fallbacks: 'a' }, base: { fallbacks: 'b' } });
});
