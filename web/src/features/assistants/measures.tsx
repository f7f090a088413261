/** What nobody writes by hand: figures that were measured, what followed from its life, its vectors. */
import type { ReactNode } from 'react';
import type { AssistantFull, Effect, Facet } from '@/api/assistants';
import { assistantHref } from '@/features/assistants/doing';
import type { Body } from '@/features/assistants/fields';
import { fieldName, fieldValue, ta } from '@/features/assistants/words';
import { Link } from '@/lib/place';
import { Badge } from '@/ui/badge';
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
      return { name: fieldName(one.field), value: value === null || value === undefined ? null : fieldValue(one, value), explanation: one.in_effect ? one.doc : `${one.doc} ${one.effect}` };
    });
}

export function Measures(props: PartProps): ReactNode {
  const measures = measuresOf(props);
  if (measures.length === 0) return null;
  return (
    <section className="grid gap-3" data-testid="measures">
      <div>
        <h2 className="flex flex-wrap items-center gap-2 text-sm font-semibold">{ta('group.measured')}<NotYet effects={props.effects.filter((one) => one.writer === 'measured')} /></h2>
        <p className="text-[0.8125rem] text-muted">{ta('group.measuredLead')}</p>
      </div>
      <ul className={`${CARD} divide-y divide-line overflow-hidden`}>
        {measures.map((measure) => (
          <li key={measure.name}>
            <details className="group/measure" data-testid="measure">
              <summary className="flex min-h-10 cursor-pointer list-none items-center gap-3 px-4 py-1.5 text-sm -outline-offset-2 hover:bg-hover">
                <span className="flex-1">{measure.name}</span>
                <span className={measure.value === null ? 'text-muted italic' : 'font-medium tabular-nums [overflow-wrap:anywhere]'}>{measure.value ?? ta('measure.none')}</span>
                <span className="text-muted transition-transform group-open/measure:rotate-180"><Icon name="chevron" size={15} /></span>
              </summary>
              <p className="px-4 pt-1.5 pb-3 text-sm text-muted"><Sentence text={measure.explanation} /></p>
            </details>
          </li>
        ))}
      </ul>
    </section>
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
