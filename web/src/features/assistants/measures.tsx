/** What nobody writes by hand: figures that were measured, what followed from its life, its vectors. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { figuresQuery, type AssistantFull, type Effect, type Facet, type Figure } from '@/api/assistants';
import { assistantHref } from '@/features/assistants/doing';
import type { Body } from '@/features/assistants/fields';
import { fieldName, fieldValue, plainValue, ta } from '@/features/assistants/words';
import { Link } from '@/lib/place';
import { Badge } from '@/ui/badge';
import { Icon } from '@/ui/icons';
import { CARD } from '@/ui/page';
import { Refused } from '@/ui/reading';
import { Sentence } from '@/ui/sentence';

interface PartProps {
  full: AssistantFull;
  effects: readonly Effect[];
}

/** A figure, or a field that nobody measures yet. */
interface Measure {
  field: string;
  name: string;
  /** Null until it was measured: nothing is invented. */
  value: string | null;
  /** What it is, or how it came about, a sentence or more each. */
  explained: readonly string[];
}

function stored(full: AssistantFull, { facet, field }: Effect): unknown {
  return (full[facet as Facet] as Body)[field];
}

/** What an import brought for a field: it stands where nothing was measured. */
function brought(full: AssistantFull, effect: Effect): unknown {
  const kept = effect.facet === 'growth' || effect.facet === 'quality' ? full[effect.facet].measured[effect.field] : undefined;
  return kept ? kept.imported : stored(full, effect);
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;

function measureOf(full: AssistantFull, effect: Effect, figure: Figure | undefined): Measure {
  const common = { field: effect.field, name: fieldName(effect.field) };
  if (!figure) {
    const value = stored(full, effect);
    return { ...common, value: isNothing(value) ? null : fieldValue(effect, value), explained: [effect.in_effect ? effect.doc : `${effect.doc} ${effect.effect}`] };
  }
  const imported = brought(full, effect);
  const shown = isNothing(figure.value) ? imported : figure.value;
  return {
    ...common,
    value: isNothing(shown) ? null : fieldValue(effect, shown),
    explained: [effect.doc, ...explained(figure), ...(isNothing(imported) ? [] : [ta('measure.imported', { value: fieldValue(effect, imported) })])],
  };
}

function explained(figure: Figure): string[] {
  return [figure.explanation, ...(figure.missing ? [figure.missing] : []), ta('measure.method', { method: figure.method })];
}

/** The measures of a facet: as the server measures them now, where it does. `effects` are those of every facet. */
export function useMeasures(full: AssistantFull, effects: readonly Effect[], facet: string): { measures: Measure[]; error: Error | null; retry: () => void } {
  const mine = effects.filter((one) => one.facet === facet && one.writer === 'measured' && one.kind !== 'vector');
  const query = useQuery({ ...figuresQuery(full.id), enabled: mine.some((one) => one.in_effect) });
  const figures = query.data?.measures ?? [];
  const measures = mine.map((one) => measureOf(full, one, figures.find((figure) => figure.name === one.field)));
  if (facet === 'quality') measures.push(...figures.filter((figure) => !effects.some((one) => one.field === figure.name)).map(fieldless));
  return { measures, error: query.error, retry: () => void query.refetch() };
}

/** A figure that is no field of any facet. */
function fieldless(figure: Figure): Measure {
  return { field: figure.name, name: figure.label, value: isNothing(figure.value) ? null : plainValue(figure.value), explained: explained(figure) };
}

export function Measures({ full, effects, facet }: PartProps & { facet: string }): ReactNode {
  const { measures, error, retry } = useMeasures(full, effects, facet);
  if (measures.length === 0) return null;
  return (
    <section className="grid gap-3" data-testid="measures">
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-sm font-semibold">{ta('group.measured')}<NotYet effects={effects.filter((one) => one.facet === facet && one.writer === 'measured')} /></h2>
        <p className="text-[0.8125rem] text-muted">{ta('group.measuredLead')}</p>
      </div>
      {error && <Refused error={error} onRetry={retry} />}
      <MeasureList measures={measures} />
    </section>
  );
}

/** Each with its value; how it came about is a press away. */
export function MeasureList({ measures }: { measures: readonly Measure[] }): ReactNode {
  return (
    <ul className={`${CARD} divide-y divide-line overflow-hidden`}>
      {measures.map((measure) => (
        <li key={measure.field}>
          <details className="group/measure" data-testid="measure" data-field={measure.field}>
            <summary className="flex min-h-10 cursor-pointer list-none items-center gap-3 px-4 py-1.5 text-sm -outline-offset-2 hover:bg-hover">
              <span className="flex-1">{measure.name}</span>
              <span className={measure.value === null ? 'text-muted italic' : 'text-right font-medium tabular-nums [overflow-wrap:anywhere]'}>{measure.value ?? ta('measure.none')}</span>
              <span className="text-muted transition-transform group-open/measure:rotate-180"><Icon name="chevron" size={15} /></span>
            </summary>
            <div className="grid gap-1.5 px-4 pt-1.5 pb-3 text-sm text-muted [overflow-wrap:anywhere]">
              {measure.explained.map((one) => <p key={one}><Sentence text={one} /></p>)}
            </div>
          </details>
        </li>
      ))}
    </ul>
  );
}

/** Which version of the prompt counts is said beside the prompt. */
const PINS = new Set(['system_prompt', 'prompt_version']);

/** Says so where none of these acts yet. */
function NotYet({ effects }: { effects: readonly Effect[] }): ReactNode {
  return effects.some((one) => one.in_effect) ? null : <Badge>{ta('field.notYet')}</Badge>;
}

/** What was decided by what was done with it: spawned, cloned, imported. Nothing is shown of what did not happen. */
export function LifeFacts({ full, effects }: PartProps): ReactNode {
  const facts = effects.filter((one) => one.writer === 'life' && !PINS.has(one.field) && isThere(stored(full, one)));
  if (facts.length === 0) return null;
  return (
    <section className="grid gap-3" data-testid="life-facts">
      <h2 className="text-sm font-semibold">{ta('group.life')}</h2>
      <dl className={`${CARD} divide-y divide-line text-sm`}>
        {facts.map((one) => (
          <div key={one.field} className="grid gap-x-4 px-4 py-2.5 sm:grid-cols-[13rem_1fr]">
            <dt className="text-muted">{fieldName(one.field)} <NotYet effects={[one]} /></dt>
            <dd className="[overflow-wrap:anywhere]">
              {one.field === 'spawned_by' && full.spawned_by ? (
                <Link href={assistantHref(full.spawned_by.slug)} className="inline-flex min-h-6 items-center text-accent underline underline-offset-2">{full.spawned_by.name}</Link>
              ) : (
                fieldValue(one, stored(full, one))
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined && value !== false;
}

export function Vectors({ full, effects }: PartProps): ReactNode {
  const vectors = effects.filter((one) => one.kind === 'vector');
  if (vectors.length === 0) return null;
  const words = ({ field }: Effect): string => {
    const vector = full.capabilities.vectors[field];
    if (!vector) return ta('vector.none');
    return vector.model === null ? ta('vector.ofNobody', { n: vector.dimension }) : ta('vector.of', { n: vector.dimension, model: vector.model });
  };
  return (
    <section className="grid gap-3">
      <h2 className="flex flex-wrap items-center gap-2 text-sm font-semibold">{ta('group.vectors')}<NotYet effects={vectors} /></h2>
      <dl className={`${CARD} divide-y divide-line text-sm`}>
        {vectors.map((one) => (
          <div key={one.field} className="grid gap-x-4 px-4 py-2.5 sm:grid-cols-[13rem_1fr]">
            <dt className="text-muted">{fieldName(one.field)}</dt>
            <dd className="[overflow-wrap:anywhere]">{words(one)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
