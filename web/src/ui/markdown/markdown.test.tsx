// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { Markdown } from '@/ui/markdown/markdown';

afterEach(cleanup);

it('renders text as elements, never as HTML', () => {
  render(<Markdown streaming={false} text={'**b** <img src=x onerror=alert(1)> &amp; [x](javascript:alert(1))'} />);
  const root = screen.getByTestId('markdown');
  expect(root.querySelector('strong')?.textContent).toBe('b');
  expect(root.querySelector('img, a, script')).toBeNull();
  expect(root.textContent).toContain('<img src=x onerror=alert(1)> & x');
});

it('does not load a picture from elsewhere', () => {
  render(<Markdown streaming={false} text="![pixel](https://example.org/p.png)" />);
  expect(document.querySelector('img')).toBeNull();
  expect(screen.getByRole('link').textContent).toContain('pixel');
});

it('keeps the elements of closed blocks while the text grows, and when it is finished', () => {
  const { rerender } = render(<Markdown streaming text={'first\n\nsecond\n\nthi'} />);
  const first = screen.getByText('first');
  rerender(<Markdown streaming text={'first\n\nsecond\n\nthird\n\n# four'} />);
  expect(screen.getByText('first')).toBe(first);
  rerender(<Markdown streaming={false} text={'first\n\nsecond\n\nthird\n\n# four'} />);
  expect(screen.getByText('first')).toBe(first);
  expect(screen.getByRole('heading', { level: 3 }).textContent).toBe('four');
});
