/** What nobody writes by hand: figures that were measured, what followed from its life, its vectors. */
import type { ReactNode } from 'react';
import type { AssistantFull, Effect, Facet } from '@/api/assistants';
import { assistantHref } from '@/features/assistants/doing';
import type { Body } from '@/features/assistants/fields';
import { fieldName, fieldValue, ta } from '@/features/assistants/words';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';
import { CARD } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

interface PartProps {
  full: AssistantFull;
  effects: readonly Effect[];
}

interface Measure {
  name: string;
  /** Null until it was measured: nothing is invented. */
  value: string | null;
  explanation: string;
}

function stored(full: AssistantFull, { facet, field }: Effect): unknown {
  return (full[facet as Facet] as Body)[field];
}

/** The measures among these fields, as far as the server has them. */
export function measuresOf({ full, effects }: PartProps): Measure[] {
  return effects
    .filter((one) => one.writer === 'measured' && one.kind !== 'vector')
    .map((one) => {
      const value = stored(full, one);
      return { name: fieldName(one.field), value: value === null || value === undefined ? null : fieldValue(one, value), explanation: one.doc };
    });
}

export function Measures(props: PartProps): ReactNode {
  const measures = measuresOf(props);
  if (measures.length === 0) return null;
  return (
    <section className="grid gap-3" data-testid="measures">
      <div>
        <h3 className="text-sm font-semibold">{ta('group.measured')}</h3>
        <p className="text-[0.8125rem] text-muted">{ta('group.measuredLead')}</p>
      </div>
      <ul className={`${CARD} divide-y divide-line`}>
        {measures.map((measure) => (
          <li key={measure.name}>
            <details className="group/measure" data-testid="measure">
              <summary className="flex min-h-10 cursor-pointer list-none items-center gap-3 px-4 py-1.5 text-sm hover:bg-hover">
                <span className="flex-1">{measure.name}</span>
                <span className={measure.value === null ? 'text-muted italic' : 'font-medium tabular-nums [overflow-wrap:anywhere]'}>{measure.value ?? ta('measure.none')}</span>
                <span className="text-muted transition-transform group-open/measure:rotate-180"><Icon name="chevron" size={15} /></span>
              </summary>
              <p className="px-4 pb-3 text-sm text-muted"><Sentence text={measure.explanation} /></p>
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What was decided by what was done with it: spawned, cloned, imported. Nothing is shown of what did not happen. */
export function LifeFacts({ full, effects }: PartProps): ReactNode {
  const facts = effects.filter((one) => one.writer === 'life' && one.field !== 'system_prompt' && isThere(stored(full, one)));
  if (facts.length === 0) return null;
  return (
    <section className="grid gap-3" data-testid="life-facts">
      <h3 className="text-sm font-semibold">{ta('group.life')}</h3>
      <dl className={`${CARD} divide-y divide-line text-sm`}>
        {facts.map((one) => (
          <div key={one.field} className="grid gap-x-4 px-4 py-2.5 sm:grid-cols-[13rem_1fr]">
            <dt className="text-muted">{fieldName(one.field)}</dt>
            <dd className="[overflow-wrap:anywhere]">
              {one.field === 'spawned_by' && full.spawned_by ? (
                <Link href={assistantHref(full.spawned_by.slug)} className="text-accent underline underline-offset-2">{full.spawned_by.name}</Link>
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
      <h3 className="text-sm font-semibold">{ta('group.vectors')}</h3>
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
