// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { findQuote } from '@/features/chat/quote';

it('finds a quote across elements, markup and line breaks', () => {
  const root = document.createElement('div');
  root.innerHTML = '<p>Before. The <strong>spare</strong> key\nhangs behind it.</p>';
  expect(findQuote(root, '**The spare** key hangs')?.toString()).toBe('The spare key\nhangs');
  expect(findQuote(root, 'not there')).toBeNull();
  expect(findQuote(root, '…')).toBeNull();
});
