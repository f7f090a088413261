/** One model: everything that is known of it, each fact with where it is from, and what can be said and done. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { factsQuery, figuresQuery, swap, refreshModels } from '@/api/models';
import type { ModelFacts, Swap } from '@/api/types';
import { Actions, Badges, changeMemory, swapping } from '@/features/models/model-actions';
import { Capabilities, Reads } from '@/features/models/model-abilities';
import { Cost, Speed } from '@/features/models/model-figures';
import { Memory, Stays } from '@/features/models/model-memory';
import { ModelSettings } from '@/features/models/model-settings';
import { to } from '@/features/models/model-texts';
import { nameOf } from '@/features/models/names';
import { tm } from '@/features/models/texts';
import { roleHref, roleName } from '@/i18n/roles';
import { readableSize } from '@/lib/bytes';
import { fitWords, speedOf } from '@/lib/figures';
import { useActions } from '@/lib/actions';
import { go, here, Link } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';
import { BackLink } from '@/ui/back-link';
import { Button } from '@/ui/button';
import { CARD, Facts, Group, PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';
import { Sentence } from '@/ui/sentence';

export default function ModelPage({ name }: { name: string }): ReactNode {
  const { data, error, refetch } = useQuery(factsQuery(name));
  return (
    <PlacePage title={data ? nameOf(data.model) : name}>
      <BackLink href="/models">{to('one.all')}</BackLink>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={name} />}
      {data && <Everything facts={data} />}
    </PlacePage>
  );
}

/** What can be done with this model, and where on its page, in the palette. */
function useModelActions({ model, loaded }: ModelFacts): void {
  const there = loaded !== null || model.loaded === true;
  const name = { model: nameOf(model) };
  useActions(() => {
    const group = nameOf(model);
    const answers = model.kind === 'chat' && model.provider !== 'builtin';
    const loads = answers && model.local && model.loaded !== null;
    return [
      ...(loads ? [{ id: 'model.load', title: there ? tm('loading.nameUnload', name) : tm('loading.nameLoad', name), group, run: () => void changeMemory(model, there) }] : []),
      ...(answers ? [{ id: 'model.swap', title: tm('swap.openName', name), group, run: () => swapping.set(model.ref) }] : []),
      ...(model.provider === 'builtin' ? [] : [{ id: 'model.settings', title: `${to('set.title')}: ${group}`, group, run: () => go(`${here().path}#settings`) }]),
    ];
  }, [model, there]);
}

function Everything({ facts }: { facts: ModelFacts }): ReactNode {
  useModelActions(facts);
  return (
    <>
      <Head facts={facts} />
      <Used facts={facts} />
      <Capabilities facts={facts} />
      <Reads window={facts.window} />
      <Memory facts={facts} />
      {facts.stays && <Stays facts={facts} stays={facts.stays} />}
      <Speed performance={facts.performance} />
      <Cost facts={facts} />
      {facts.model.provider !== 'builtin' && <ModelSettings facts={facts} />}
    </>
  );
}

/** What it is in a few words, where it is, and what can be done with it. */
function Head({ facts }: { facts: ModelFacts }): ReactNode {
  const { model, loaded, memory } = facts;
  const figure = useQuery(figuresQuery).data?.items.find((one) => one.ref === model.ref);
  const fit = { fits: memory.fits, reason: memory.why };
  const short = [model.detail || null, fitWords(model, fit), speedOf(figure)].filter((one) => one !== null);
  return (
    <Group title={to('one.is')}>
      <div className={`${CARD} grid gap-3 p-4`} data-testid="model-head">
        <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
          <div className="min-w-48 flex-1">
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-mono text-sm font-medium [overflow-wrap:anywhere]">{model.ref}</span>
              <Badges model={model} inMemory={loaded !== null || model.loaded === true} />
            </p>
            <p className="text-sm text-muted [overflow-wrap:anywhere]">{short.join(' · ')}</p>
          </div>
          <Actions model={model} fit={fit} inMemory={loaded !== null || model.loaded === true} />
        </div>
        {facts.served.silence && <p className="rounded-lg bg-warn-soft px-3.5 py-2 text-sm text-warn [overflow-wrap:anywhere]" data-testid="silence"><Sentence text={facts.served.silence} /></p>}
      </div>
      <Facts testId="model-served" facts={placeOf(facts)} />
    </Group>
  );
}

function placeOf({ served, model }: ModelFacts): [string, string][] {
  const known: [string, string | null][] = [
    [to('one.served'), served.why],
    [to('one.address'), served.address],
    [to('one.file'), served.file],
    [to('one.relay'), served.relay],
    [to('one.members'), served.members.join(', ') || null],
    [to('one.size'), model.size_bytes === null ? null : readableSize(model.size_bytes)],
    [to('one.atOnce'), served.most_at_once === null ? to('one.atOnceNone') : String(served.most_at_once)],
  ];
  return known.filter((one): one is [string, string] => one[1] !== null);
}

/** The roles it fills, each with why, and the swaps it is part of. */
function Used({ facts: { roles, swaps } }: { facts: ModelFacts }): ReactNode {
  return (
    <Group title={to('one.used')}>
      {roles.length === 0 && swaps.length === 0 && <p className="text-sm text-muted">{to('one.usedNone')}</p>}
      {swaps.map((one) => <Swapped key={one.from} swapped={one} />)}
      {roles.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`} data-testid="model-roles">
          {byReason(roles).map(([reason, all]) => (
            <li key={reason} className="px-4 py-2.5 text-sm">
              <p className="flex flex-wrap gap-x-4">
                {all.map((role) => <Link key={role} href={roleHref(role)} className="inline-block min-h-6 font-medium text-accent underline underline-offset-2">{roleName(role)}</Link>)}
              </p>
              <p className="text-muted [overflow-wrap:anywhere]"><Sentence text={reason} /></p>
            </li>
          ))}
        </ul>
      )}
    </Group>
  );
}

/** The roles by why it fills them, in their order: most have the same reason. */
function byReason(roles: ModelFacts['roles']): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { role, reason } of roles) found.set(reason, [...(found.get(reason) ?? []), role]);
  return [...found];
}

function Swapped({ swapped }: { swapped: Swap }): ReactNode {
  const from = swapped.from === 'role:chat' ? tm('default.automatic') : swapped.from;
  const back = async (): Promise<void> => {
    try {
      await swap(swapped.from, swapped.from);
      toast(tm('default.swappedBack', { from }));
    } catch (error) {
      problem(error);
    }
    await refreshModels();
  };
  return (
    <p className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-accent-soft px-3 py-2 text-sm text-accent-strong" data-testid="model-swap">
      <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
        {to('one.swapped', { to: swapped.to, from })}
        {swapped.detail && <strong className="block font-medium text-warn">{swapped.detail}</strong>}
      </span>
      <Button icon="undo" className="min-h-8 text-ink" onClick={() => void back()}>{tm('default.back')}</Button>
    </p>
  );
}
