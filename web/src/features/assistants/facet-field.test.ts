import { describe, expect, it } from 'vitest';
import { paired } from '@/features/assistants/facet-field';
import type { FormField } from '@/features/assistants/fields';

const fields = (kinds: string): FormField[] =>
  [...kinds].map((kind, i) => ({ field: `${kind}${i}`, kind: kind === 'w' ? 'prose' : 'line', doc: '', choices: [], default: null, in_effect: true, least: null, most: null, longest: null }));

const order = (kinds: string): string => paired(fields(kinds)).map((one) => one.field[0]).join('');

describe('the order of fields', () => {
  it('leaves no short one alone while there is another', () => {
    expect(order('wssws' + 'wws')).toBe('wsswssww');
    expect(order('swws')).toBe('ssww');
    expect(order('www')).toBe('www');
    expect(order('wsw')).toBe('wsw');
  });
});
