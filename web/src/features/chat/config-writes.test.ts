import { describe, expect, it } from 'vitest';
import { underWay, written } from '@/features/chat/config-writes';

describe('changes under way', () => {
  it('hold a message until the last of them is over, however it ends', async () => {
    const told: string[] = [];
    let first = (): void => undefined;
    let second: (reason: Error) => void = () => undefined;
    void underWay('c', new Promise<void>((done) => (first = done)));
    const refused = underWay('c', new Promise<void>((_, fail) => (second = fail))).catch(() => told.push('refused'));
    const sent = written('c').then(() => told.push('sent'));
    await written('another');
    first();
    await Promise.resolve();
    expect(told).toEqual([]);
    second(new Error('no'));
    await Promise.all([refused, sent]);
    expect(told).toEqual(['refused', 'sent']);
  });
});
