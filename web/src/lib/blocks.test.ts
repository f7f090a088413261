import { describe, expect, it } from 'vitest';
import { finish, grow, NO_BLOCKS } from '@/lib/blocks';

const TEXT = `# Title

A paragraph with **bold** and $x^2$.

- one
- two

  continued
- three

1. first
2. second

\`\`\`python
def f():
    return "\`\`"

print(f())
\`\`\`

| a | b |
|---|---|
| 1 | 2 |

$$
\\int_0^1 x\\,dx
$$

> a quote
> goes on

See [the end][ref].

[ref]: https://example.org
`;

function types(blocks: { token: { type: string } }[]): string[] {
  return blocks.map((block) => block.token.type).filter((type) => type !== 'space');
}

describe('grow', () => {
  it('gives the same blocks as lexing the whole, at every step size', () => {
    const whole = types([...finish(TEXT).closed]);
    for (const step of [1, 2, 3, 5, 7, 13, 64, 1000]) {
      let blocks = NO_BLOCKS;
      for (let end = step; end < TEXT.length + step; end += step) blocks = grow(blocks, TEXT.slice(0, end));
      expect(types([...blocks.closed, ...blocks.open])).toEqual(whole);
    }
  });

  it('keeps closed blocks identical, so that React skips them', () => {
    const first = grow(NO_BLOCKS, 'one\n\ntwo\n\nthree');
    const second = grow(first, 'one\n\ntwo\n\nthree and four');
    expect(second.closed[0]).toBe(first.closed[0]);
    expect(second.source.length).toBe('one\n\ntwo\n\nthree and four'.length);
  });

  it('loses no character of the source', () => {
    let blocks = NO_BLOCKS;
    for (let end = 1; end <= TEXT.length; end++) blocks = grow(blocks, TEXT.slice(0, end));
    expect([...blocks.closed, ...blocks.open].map((block) => block.token.raw).join('')).toBe(TEXT);
  });

  it('resolves a late reference once the text is finished', () => {
    const paragraph = finish('See [x][r].\n\n[r]: https://example.org').closed[0]?.token;
    expect(JSON.stringify(paragraph)).toContain('https://example.org');
  });

  it('starts over when the text was replaced', () => {
    expect(grow(grow(NO_BLOCKS, 'aaa\n\nbbb'), 'other').open).toHaveLength(1);
  });

  it('leaves prices alone and finds mathematics', () => {
    expect(JSON.stringify(finish('It costs $5 and $6.').closed)).not.toContain('"math"');
    expect(JSON.stringify(finish('So $a+b$ holds.').closed)).toContain('"math"');
  });
});
