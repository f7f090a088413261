import { describe, expect, it } from 'vitest';
import type { Figure, Model } from '@/api/types';
import { costOf, failuresOf, firstWordOf, fitOf, readableMoney, speedOf } from '@/lib/figures';

const figure = (measured: Partial<NonNullable<Figure['measured']>> | null, price: Figure['price'] = null): Figure => ({
  ref: 'a/b',
  price,
  measured: measured && { tokens_per_second: null, first_token_seconds: null, failure_rate: null, answers: 1, ...measured },
});
const price = { input: 2.5, output: 10, cached: 1.25, currency: 'USD', table: 'a table', table_date: null };
const model = (change: Partial<Model>): Model => ({ local: true, memory_bytes: null, fits: null, ...change }) as Model;

describe('figures', () => {
  it('says nothing of what is not known', () => {
    for (const one of [undefined, figure(null), figure({})]) {
      expect([speedOf(one), firstWordOf(one), failuresOf(one)]).toEqual([null, null, null]);
    }
    expect(fitOf(model({}))).toBeNull();
  });

  it('has three digits of a speed', () => {
    expect(speedOf(figure({ tokens_per_second: 41.666 }))).toBe('41.7 tokens/s');
    expect(firstWordOf(figure({ first_token_seconds: 0.31 }))).toBe('310 ms');
    expect(failuresOf(figure({ failure_rate: 0.021 }))).toBe(2);
    expect(failuresOf(figure({ failure_rate: 0 }))).toBe(0);
  });

  it('never calls an unknown price nothing', () => {
    expect(costOf(model({ local: false }), undefined)).toBe('price unknown');
    expect(costOf(model({ local: true }), undefined)).toBe('local');
    expect(costOf(model({ local: false }), figure(null, price))).toBe('$2.50 / $10.00 per million tokens');
    expect(readableMoney(0.075, 'USD')).toBe('$0.075');
    expect(readableMoney(0.00018, 'USD')).toBe('$0.00018');
    expect(readableMoney(0.25, 'USD')).toBe('$0.25');
  });

  it('says whether it fits', () => {
    expect(fitOf(model({ fits: true, memory_bytes: 3_300_000_000 }))).toBe('fits in 3.3 GB');
    expect(fitOf(model({ fits: false, memory_bytes: 3_300_000_000 }))).toBe('does not fit now');
    expect(fitOf(model({ memory_bytes: 3_300_000_000 }))).toBe('takes 3.3 GB');
  });
});
