import { describe, expect, it } from 'vitest';
import { offsetOf, wordAt } from '@/ui/editor/text-places';

const TEXT = '{\n  "role_mappings": {\n    "chat": { "preffered": ["a"] }\n  }\n}';

describe('places in a text', () => {
  it('finds lines and columns, and stays within them', () => {
    expect(TEXT.slice(offsetOf(TEXT, 2, 3)).startsWith('"role_mappings"')).toBe(true);
    expect(offsetOf(TEXT, 2, 999)).toBe(TEXT.indexOf('\n', 3));
    expect(offsetOf(TEXT, 99, 1)).toBe(TEXT.length);
  });

  it('finds the word a problem is about', () => {
    const span = wordAt(TEXT, 3, 15, 'role_mappings.chat.preffered');
    expect(span && TEXT.slice(span.start, span.end)).toBe('preffered');
    expect(wordAt(TEXT, 5, 1, 'role_mappings.chat.temprature')).toBeNull();
  });

  it('takes the quoted value where the key has no such word', () => {
    const text = '{ "owner": "persn" }';
    const span = wordAt(text, 1, 12, 'settings[3]');
    expect(span && text.slice(span.start, span.end)).toBe('persn');
  });
});
