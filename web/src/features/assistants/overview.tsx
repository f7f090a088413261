/** Everything at a glance: who it is, how it answers, whose it is among the others, what was measured. */
import { useMemo, type ReactNode } from 'react';
import type { AssistantFull, Effect, Named } from '@/api/assistants';
import { Badges } from '@/features/assistants/card';
import { assistantHref } from '@/features/assistants/doing';
import { MeasureList, useMeasures } from '@/features/assistants/measures';
import { Preview } from '@/features/assistants/preview';
import { fieldName, partName, plainValue, ta } from '@/features/assistants/words';
import { copyText } from '@/lib/clipboard';
import { Link } from '@/lib/place';
import { fullTime } from '@/lib/time';
import { Avatar } from '@/ui/avatar';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CARD, Facts, Group } from '@/ui/page';

interface OverviewProps {
  full: AssistantFull;
  effects: readonly Effect[];
  onSpawn: () => void;
}

export function Overview({ full, effects, onSpawn }: OverviewProps): ReactNode {
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-7 lg:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]">
        <div className="grid grid-cols-[minmax(0,1fr)] gap-7">
          <Portrait full={full} />
          <Group title={ta('overview.facts')}>
            <Facts facts={factsOf(full)} testId="assistant-facts" />
            <Reference slug={full.slug} />
          </Group>
        </div>
        <Preview full={full} effects={effects} />
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-7 lg:grid-cols-3">
        <Family full={full} onSpawn={onSpawn} />
        <Measured full={full} effects={effects} part="growth" />
        <Measured full={full} effects={effects} part="quality" />
      </div>
    </>
  );
}

function Portrait({ full }: { full: AssistantFull }): ReactNode {
  const { identity, display } = full;
  const traits = Array.isArray(identity.traits) ? identity.traits.map((one) => plainValue(one)) : Object.keys(identity.traits ?? {});
  return (
    <section className="grid gap-4" data-testid="portrait">
      <div className="flex items-start gap-4">
        <Avatar avatar={identity.avatar} name={full.name} size="large" />
        <div className="min-w-0 flex-1 self-center">
          {identity.specialty && <p className="font-serif text-xl leading-snug [overflow-wrap:anywhere]">{identity.specialty}</p>}
          <p className="mt-1 flex flex-wrap gap-1.5 empty:hidden"><Badges of={{ ...full, ...display }} /></p>
        </div>
      </div>
      {identity.description && <p className="max-w-(--read) [overflow-wrap:anywhere] whitespace-pre-wrap">{identity.description}</p>}
      {traits.length > 0 && <p className="flex flex-wrap gap-1.5">{traits.map((trait) => <Badge key={trait}>{trait}</Badge>)}</p>}
      {identity.motto && <blockquote className="border-l-3 border-accent-soft pl-4 font-serif text-lg text-muted italic [overflow-wrap:anywhere]">{identity.motto}</blockquote>}
      {identity.intro_text && display.show_intro_splash && (
        <div className="grid gap-1">
          <p className="text-[0.8125rem] text-muted">{ta('overview.intro')}</p>
          <p className="w-fit max-w-[min(38rem,100%)] rounded-2xl rounded-bl-md bg-bubble px-4 py-2.5 whitespace-pre-wrap [overflow-wrap:anywhere]">{identity.intro_text}</p>
        </div>
      )}
    </section>
  );
}

function factsOf({ identity, configuration, created_at: made, updated_at: changed }: AssistantFull): [string, string][] {
  const facts: [string, string | null][] = [
    [ta('overview.model'), configuration.preferred_model ?? ta('overview.roleChat')],
    [fieldName('temperature'), configuration.temperature === null ? null : String(configuration.temperature)],
    [fieldName('thinking_style'), configuration.thinking_style],
    [fieldName('persona_mode'), identity.persona_mode],
    [fieldName('tone'), identity.tone],
    [fieldName('archetype'), identity.archetype],
    [fieldName('values'), (identity.values ?? []).length > 0 ? plainValue(identity.values) : null],
    [fieldName('memory_summon_enabled'), plainValue(configuration.memory_summon_enabled)],
    [ta('overview.made'), fullTime(made)],
    [ta('overview.changed'), fullTime(changed)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== '');
}

function Reference({ slug }: { slug: string }): ReactNode {
  const name = `assistant:${slug}`;
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-muted">
      {ta('overview.reference')}
      <code className="rounded bg-sunken px-1.5 py-0.5 font-mono text-[0.8125rem] text-ink [overflow-wrap:anywhere]">{name}</code>
      <Button look="quiet" icon="copy" aria-label={ta('overview.copyReference')} onClick={() => void copyText(name)}>{ta('overview.copy')}</Button>
    </p>
  );
}

function Family({ full, onSpawn }: { full: AssistantFull; onSpawn: () => void }): ReactNode {
  const rows = useMemo(() => {
    const one = (label: string, named: Named | null, about = ''): [string, Named[], string][] => (named ? [[label, [named], about]] : []);
    return [
      ...one(ta('overview.parent'), full.parent),
      ...one(ta('overview.mentor'), full.mentor),
      ...one(ta('overview.spawnedBy'), full.spawned_by, full.growth.spawn_reason ?? ''),
      ...(full.children.length > 0 ? [[ta('overview.children'), full.children, ''] as [string, Named[], string]] : []),
    ];
  }, [full]);
  return (
    <Group title={ta('overview.family')}>
      {rows.length === 0 && <p className={`${CARD} p-4 text-sm text-muted`}>{ta('overview.noFamily')}</p>}
      {rows.length > 0 && (
        <dl className={`${CARD} divide-y divide-line text-sm`} data-testid="family">
          {rows.map(([label, named, about]) => (
            <div key={label} className="grid gap-x-4 px-4 py-2 sm:max-lg:grid-cols-[11rem_1fr]">
              <dt className="py-0.5 text-muted">{label}</dt>
              <dd className="flex flex-wrap items-center gap-x-4 gap-y-1 [overflow-wrap:anywhere]">
                {named.map((other) => (
                  <Link key={other.id} href={assistantHref(other.slug)} className="inline-flex min-h-6 items-center text-accent underline underline-offset-2">{other.name}</Link>
                ))}
                {about !== '' && <span className="text-muted">{about}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Button className="justify-self-start" icon="fork" onClick={onSpawn}>{ta('life.spawn')}</Button>
    </Group>
  );
}

/** How much of a facet was measured, and the way to it. */
function Measured({ full, effects, part }: { full: AssistantFull; effects: readonly Effect[]; part: 'growth' | 'quality' }): ReactNode {
  const known = useMeasures(full, effects, part).measures.filter((one) => one.value !== null);
  return (
    <Group title={partName(part)} lead={ta(`facet.${part}.lead`)}>
      {known.length === 0 ? <p className={`${CARD} p-4 text-sm text-muted italic`}>{ta('measure.nothing')}</p> : <MeasureList measures={known} />}
      <Link href={assistantHref(full.slug, part)} aria-label={`${ta('open')}: ${partName(part)}`} className="inline-flex min-h-8 w-fit items-center text-sm font-medium text-accent underline underline-offset-2">{ta('open')}</Link>
    </Group>
  );
}
