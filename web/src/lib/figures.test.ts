import { describe, expect, it } from 'vitest';
import type { Figure, Model } from '@/api/types';
import { costOf, failuresOf, firstWordOf, fitOf, fitWords, readableMoney, speedOf } from '@/lib/figures';

const figure = (measured: Partial<NonNullable<Figure['measured']>> | null, price: Figure['price'] = null): Figure => ({
  ref: 'a/b',
  price,
  measured: measured && { tokens_per_second: null, first_token_seconds: null, failure_rate: null, answers: 1, ...measured },
  estimated: null,
});
const price = { input: 2.5, output: 10, cached: 1.25, currency: 'USD', table: 'a table', table_date: null, source: '' };
const model = (change: Partial<Model>): Model => ({ local: true, memory_bytes: null, fits: null, ...change }) as Model;

describe('figures', () => {
  it('says nothing of what is not known', () => {
    for (const one of [undefined, figure(null), figure({})]) {
      expect([speedOf(one), firstWordOf(one), failuresOf(one)]).toEqual([null, null, null]);
    }
    expect(fitWords(model({}), fitOf(model({}), undefined))).toBeNull();
  });

  it('has three digits of a speed', () => {
    expect(speedOf(figure({ tokens_per_second: 41.666 }))).toBe('41.7 tokens/s');
    expect(speedOf({ ...figure(null), estimated: { tokens_per_second: 5.912, method: 'Estimate.' } })).toBe('about 5.91 tokens/s (estimated)');
    expect(speedOf({ ...figure({ tokens_per_second: 2 }), estimated: null })).toBe('2 tokens/s');
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
    const words = (change: Partial<Model>, considered?: Parameters<typeof fitOf>[1]): [string | null, string | null] => {
      const one = model({ ref: 'a/b', fit_reason: null, memory_bytes: 3_300_000_000, ...change });
      const fit = fitOf(one, considered);
      return [fitWords(one, fit), fit.reason];
    };
    const verdict = (rule: string | null) => [{ ref: 'a/b', named: null, rule, why: 'it needs 3.3 GB', score: null }];
    expect(words({ fits: true, fit_reason: 'so' })).toEqual(['fits in 3.3 GB', 'so']);
    expect(words({ fits: false, fit_reason: 'so' }, verdict('order'))).toEqual(['does not fit now', 'so']);
    expect(words({})).toEqual(['takes 3.3 GB', null]);
    expect(words({}, verdict('memory'))).toEqual(['does not fit now', 'It needs 3.3 GB.']);
    expect(words({}, verdict('order'))).toEqual(['fits in 3.3 GB', null]);
    expect(words({}, verdict('consent'))).toEqual(['takes 3.3 GB', null]);
  });
});
