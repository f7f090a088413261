import { expect, it } from 'vitest';
import { t } from '@/i18n/t';

it('fills in values and picks the plural form', () => {
  expect(t('phase.queuedBehind', { n: 2 })).toBe('Queued behind 2');
  expect(t('info.tokens', { n: 1 })).toBe('1 token');
  expect(t('info.tokens', { n: 54 })).toBe('54 tokens');
});
