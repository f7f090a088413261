/** Times for people, in the language of the browser. */

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const DAY_MS = 86_400_000;

/** Today's times as a clock, this year's as a day, older ones with the year. */
export function shortTime(iso: string, now = new Date()): string {
  const date = new Date(iso);
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  return date.getFullYear() === now.getFullYear() ? day.format(date) : dayAndYear.format(date);
}

/** Date and time in full. */
export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

export type Age = 'today' | 'yesterday' | 'week' | 'month' | 'older';

/** The group a time falls into in a list ordered by activity. */
export function ageOf(iso: string, now = new Date()): Age {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const time = new Date(iso).getTime();
  if (time >= midnight) return 'today';
  if (time >= midnight - DAY_MS) return 'yesterday';
  if (time >= midnight - 7 * DAY_MS) return 'week';
  return time >= midnight - 30 * DAY_MS ? 'month' : 'older';
}

/** Seconds with one decimal below ten: 1.4 s, 12 s, 2 min. */
export function duration(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
