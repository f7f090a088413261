/** What a model costs, how fast it is and whether it fits, in words; what is not known is not said. */
import type { Figure, Model, RoleExplanation } from '@/api/types';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { sentence } from '@/lib/sentence';
import { duration } from '@/lib/time';

const rate = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 });

/** A number with three digits that matter. */
export function readableRate(value: number): string {
  return rate.format(value);
}

/** An amount of money: at least cents, more digits where it is less than one. */
export function readableMoney(amount: number, currency: string): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 3 };
  return new Intl.NumberFormat(undefined, { style: 'currency', currency, ...digits }).format(amount);
}

/** Tokens a second as measured, until then as estimated for this machine and said to be, or null. */
export function speedOf(figure: Figure | undefined): string | null {
  const value = figure?.measured?.tokens_per_second ?? null;
  if (value !== null) return t('figure.speed', { n: readableRate(value) });
  const estimate = figure?.estimated ?? null;
  return estimate === null ? null : t('figure.speedEstimated', { n: readableRate(estimate.tokens_per_second) });
}

/** The time to the first token as measured, or null. */
export function firstWordOf(figure: Figure | undefined): string | null {
  const value = figure?.measured?.first_token_seconds;
  return value === null || value === undefined ? null : duration(value * 1000);
}

/** The share that failed, in per cent, or null where it was never asked. */
export function failuresOf(figure: Figure | undefined): number | null {
  const value = figure?.measured?.failure_rate;
  return value === null || value === undefined ? null : Math.round(value * 100);
}

/** What it costs for people: a price, 'local' for one of this machine, or that nobody knows. */
export function costOf(model: Model, figure: Figure | undefined): string {
  const price = figure?.price;
  if (price) {
    const [input, output] = [readableMoney(price.input, price.currency), readableMoney(price.output, price.currency)];
    return t('figure.priceShort', { input, output });
  }
  return model.local ? t('model.local') : t('figure.priceUnknown');
}

/** Whether a model fits into memory, and a sentence why; null is unknown. */
export interface Fit {
  fits: boolean | null;
  reason: string | null;
}

const MEMORY_RULES: readonly (string | null)[] = ['memory', 'memory_limit'];
/** Nothing speaks against the model that was chosen, nor against one that only comes after it. */
const NO_OBSTACLE: readonly (string | null)[] = [null, 'order'];

/** As the list of models says, or where it does not, as the choice of a model for the chat found. */
export function fitOf(model: Model, considered: RoleExplanation['considered'] | undefined): Fit {
  if (model.fits !== null) return { fits: model.fits, reason: model.fit_reason };
  const found = considered?.find((one) => one.ref === model.ref);
  if (!found || model.memory_bytes === null) return { fits: null, reason: model.fit_reason };
  if (MEMORY_RULES.includes(found.rule)) return { fits: false, reason: sentence(found.why) };
  return { fits: NO_OBSTACLE.includes(found.rule) ? true : null, reason: model.fit_reason };
}

/** Whether it fits, in a few words, or null where nobody knows what it takes. */
export function fitWords(model: Model, { fits }: Fit): string | null {
  if (fits === false) return t('figure.noFit');
  if (model.memory_bytes === null) return null;
  const n = readableSize(model.memory_bytes);
  return fits ? t('figure.fits', { n }) : t('figure.takes', { n });
}
