import { describe, expect, it } from 'vitest';
import { underWay, written } from '@/features/chat/config-writes';

const nothing = (): void => undefined;

describe('changes under way', () => {
  it('hold a message until the last of them is over, however it ends', async () => {
    const told: string[] = [];
    let first = nothing;
    let second: (reason: Error) => void = nothing;
    void underWay('c', () => new Promise<void>((done) => (first = done)), nothing);
    const refused = underWay('c', () => new Promise<void>((_, fail) => (second = fail)), nothing).catch(() => told.push('refused'));
    const sent = written('c').then(() => told.push('sent'));
    await written('another');
    first();
    await new Promise((done) => setTimeout(done));
    expect(told).toEqual([]);
    second(new Error('no'));
    await Promise.all([refused, sent]);
    expect(told.toSorted()).toEqual(['refused', 'sent']);
  });

  it('are made one after the other, and what came of the last is told', async () => {
    const begun: string[] = [];
    const told: string[] = [];
    let first: (after: string) => void = nothing;
    const writes = ['one', 'two'].map((name) =>
      underWay('d', () => new Promise<string>((done) => {
        begun.push(name);
        if (name === 'one') first = done;
        else done(name);
      }), (after) => told.push(after)),
    );
    await new Promise((done) => setTimeout(done));
    expect(begun).toEqual(['one']);
    first('one');
    await Promise.all(writes);
    await written('d');
    expect([begun, told]).toEqual([['one', 'two'], ['two']]);
  });

  it('go on after one that was refused', async () => {
    const told: string[] = [];
    const refused = underWay('e', () => Promise.reject(new Error('no')), nothing);
    const after = underWay('e', () => Promise.resolve('two'), (value) => told.push(value));
    await expect(refused).rejects.toThrow('no');
    await after;
    await written('e');
    expect(told).toEqual(['two']);
  });
});
