import { describe, expect, it } from 'vitest';
import { contested, rebased, typed, without } from '@/features/assistants/drafts';

const begun = typed(typed(null, 1, 'tone', 'warm', ''), 1, 'motto', 'Less', 'More');

describe('what was typed and is not saved', () => {
  it('is only what is different from what is stored', () => {
    expect(begun.texts).toEqual({ tone: 'warm', motto: 'Less' });
    expect(typed(begun, 1, 'motto', 'More', 'More').texts).toEqual({ tone: 'warm' });
  });

  it('contends only with changes of the same field to something else', () => {
    const now = (field: string): string => ({ tone: 'cold', motto: 'More', specialty: 'tea' })[field] ?? '';
    expect(contested(begun, now)).toEqual(['tone']);
    expect(contested(begun, (field) => (field === 'tone' ? 'warm' : 'More'))).toEqual([]);
  });

  it('stands on top of what is stored now', () => {
    const again = rebased(begun, 4, (field) => (field === 'tone' ? 'cold' : 'Less'));
    expect(again).toEqual({ version: 4, texts: { tone: 'warm' }, base: { tone: 'cold' } });
  });

  it('keeps what was typed while it was being saved', () => {
    const meanwhile = typed(begun, 1, 'tone', 'warmer', '');
    expect(without(meanwhile, begun.texts, 2)).toEqual({ version: 2, texts: { tone: 'warmer' }, base: { tone: 'warm' } });
    expect(without(begun, begun.texts, 2)?.texts).toEqual({});
  });
});
