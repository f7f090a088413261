import { describe, expect, it } from 'vitest';
import { diffLines, folded } from '@/lib/diff';

function words(before: string, after: string): string {
  return diffLines(before.replaceAll(' ', '\n'), after.replaceAll(' ', '\n'))
    .map((line) => ({ same: '', gone: '-', new: '+' })[line.kind] + line.text)
    .join(' ');
}

describe('lines of two texts', () => {
  it('keeps what is common and tells what is gone and new', () => {
    expect(words('a b c d', 'a x c d e')).toBe('a -b +x c d +e');
    expect(words('a b', 'a b')).toBe('a b');
    expect(words('a b c', 'c')).toBe('-a -b c');
  });

  it('loses no line of either, also where the texts are too large to compare', () => {
    const before = Array.from({ length: 1200 }, (_, i) => `old ${i}`).join('\n');
    const after = Array.from({ length: 1200 }, (_, i) => `new ${i}`).join('\n');
    const lines = diffLines(before, after);
    expect(lines.filter((line) => line.kind !== 'new').map((line) => line.text).join('\n')).toBe(before);
    expect(lines.filter((line) => line.kind !== 'gone').map((line) => line.text).join('\n')).toBe(after);
  });

  it('folds what is far from a change', () => {
    const before = 'abcdefghij'.split('').join('\n');
    expect(folded(diffLines(before, before.replace('e', 'E')), 1)).toEqual([
      3,
      { kind: 'same', text: 'd' },
      { kind: 'gone', text: 'e' },
      { kind: 'new', text: 'E' },
      { kind: 'same', text: 'f' },
      4,
    ]);
  });
});
