import { describe, expect, it } from 'vitest';
import { preferredIn, withPreferred } from '@/features/roles/preferred';

const TEXT = `{
    "version": 1,
    "role_mappings": {
        "chat": { "preferred": ["a"], "temperature": 0.3 },
        "critic": { "preferred": ["b"] }
    },
    "hot_swap": true
}
`;

describe('models preferred for a role', () => {
  it('reads them', () => {
    expect(preferredIn(TEXT, 'chat')).toEqual(['a']);
    expect(preferredIn(TEXT, 'planner')).toEqual([]);
    expect(preferredIn('', 'chat')).toEqual([]);
    expect(preferredIn('{ "version": ', 'chat')).toBeNull();
    expect(preferredIn('[]', 'chat')).toBeNull();
  });

  it('changes nothing else, and keeps the indentation', () => {
    const after = withPreferred(TEXT, 'chat', ['c', 'a']) ?? '';
    expect(JSON.parse(after)).toEqual({
      version: 1,
      role_mappings: { chat: { preferred: ['c', 'a'], temperature: 0.3 }, critic: { preferred: ['b'] } },
      hot_swap: true,
    });
    expect(after).toContain('\n    "version"');
  });

  it('leaves nothing empty behind', () => {
    expect(JSON.parse(withPreferred(TEXT, 'critic', []) ?? '').role_mappings).toEqual({ chat: { preferred: ['a'], temperature: 0.3 } });
    const only = withPreferred('', 'chat', ['a']) ?? '';
    expect(JSON.parse(only)).toEqual({ version: 1, role_mappings: { chat: { preferred: ['a'] } } });
    expect(JSON.parse(withPreferred(only, 'chat', []) ?? '')).toEqual({ version: 1 });
  });

  it('does not touch what it cannot read', () => {
    expect(withPreferred('{ "version": ', 'chat', ['a'])).toBeNull();
  });
});
