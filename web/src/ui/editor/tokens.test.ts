import { describe, expect, it } from 'vitest';
import { tokensOf } from '@/ui/editor/tokens';

describe('the pieces of a line', () => {
  it.each(['{"a": [1, -2.5e3, true], "b\\"c": null}', '"never closed', '', '  }, x'])('loses nothing of JSON: %s', (line) => {
    expect(tokensOf(line, 'json').map((token) => token.text).join('')).toBe(line);
  });

  it.each(['role: # of mine', '- "a:b": 3', "key: 'it''s'", 'plain', 'a: [1, 2]'])('loses nothing of YAML: %s', (line) => {
    expect(tokensOf(line, 'yaml').map((token) => token.text).join('')).toBe(line);
  });

  it('tells keys from strings', () => {
    const kinds = tokensOf('"preferred": ["llama", 3, false]', 'json').filter((token) => token.kind !== 'plain');
    expect(kinds.map((token) => token.kind)).toEqual(['key', 'string', 'number', 'word']);
    expect(tokensOf('hot_swap: true # yes', 'yaml').map((token) => token.kind)).toEqual(['key', 'plain', 'plain', 'word', 'plain', 'comment']);
  });
});
