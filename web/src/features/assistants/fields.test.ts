import { describe, expect, it } from 'vitest';
import { fromText, toText } from '@/features/assistants/fields';

const back = (kind: string, value: unknown): unknown => {
  const read = fromText({ kind }, toText({ kind }, value));
  return read.ok ? read.value : read.reason;
};

describe('fields of a form', () => {
  it.each([
    ['line', 'warm'],
    ['prose', ' two\n lines '],
    ['flag', true],
    ['flag', false],
    ['whole', 7],
    ['number', 0.25],
    ['list', ['curious', 'kind']],
    ['list', ['[odd', 'first']],
    ['list', [' spaced', 'two\nlines', '']],
    ['list', [{ badge: 'x' }, 2]],
    ['list_or_map', { curious: 0.4 }],
    ['list_or_map', ['curious']],
    ['map', { letters: true, deep: { a: [1] } }],
    ['moment', '2026-11-21T06:40:00.000Z'],
    ['line', null],
    ['map', null],
  ])('come back as they were: %s %j', (kind, value) => {
    expect(back(kind, value)).toEqual(value);
  });

  it('takes words a line each, and a comma in a number', () => {
    expect(fromText({ kind: 'list' }, ' one \n\ntwo\n')).toEqual({ ok: true, value: ['one', 'two'] });
    expect(fromText({ kind: 'number' }, '0,5')).toEqual({ ok: true, value: 0.5 });
  });

  it('says what cannot be sent', () => {
    expect(fromText({ kind: 'map' }, '{"a":').ok).toBe(false);
    expect(fromText({ kind: 'whole' }, 'many').ok).toBe(false);
  });
});
