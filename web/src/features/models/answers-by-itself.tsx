/** Which model answers when nobody chose one, why that one, and what was swapped. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { refreshModels, roleQuery, swap, swapsQuery } from '@/api/models';
import { modelsQuery } from '@/api/queries';
import type { Model, RoleExplanation, Swap } from '@/api/types';
import { nameOf, nameOfRef } from '@/features/models/names';
import { tm } from '@/features/models/texts';
import { go } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

export function AnswersByItself(): ReactNode {
  const { data } = useQuery(modelsQuery);
  const swaps = useQuery(swapsQuery).data?.items ?? [];
  if (!data) return null;
  const model = data.items.find((item) => item.ref === data.default?.ref);
  const searching = !model || model.provider === 'builtin';
  return (
    <Group title={tm('default.title')}>
      <div className={`${CARD} grid gap-3 p-4`} data-testid="answers-by-itself">
        <div className="flex items-start gap-3">
          <span className="mt-0.5 text-accent"><Icon name={model && !model.local ? 'cloud' : 'model'} size={22} /></span>
          <div className="min-w-0 flex-1">
            <p className="font-serif text-xl leading-snug [overflow-wrap:anywhere]">{model ? nameOf(model) : tm('default.none')}</p>
            <p className="text-sm text-muted">{data.default?.reason ?? tm('default.noneLead')}</p>
          </div>
        </div>
        {searching && (
          <div className="flex flex-wrap gap-2">
            <Button look="primary" onClick={() => go('/models/get')}>{tm('default.get')}</Button>
            <Button onClick={() => go('/models/servers')}>{tm('default.connect')}</Button>
          </div>
        )}
        {swaps.map((one) => <Swapped key={one.from} swapped={one} models={data.items} />)}
        <Considered models={data.items} />
      </div>
    </Group>
  );
}

function Swapped({ swapped, models }: { swapped: Swap; models: readonly Model[] }): ReactNode {
  const from = swapped.from === 'role:chat' ? tm('default.automatic') : nameOfRef(swapped.from, models);
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
    <p className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-accent-soft px-3 py-2 text-sm text-accent-strong">
      <span className="min-w-48 flex-1 [overflow-wrap:anywhere]">
        {tm('default.swapped', { to: nameOfRef(swapped.to, models), from })}
        {swapped.detail && <strong className="block font-medium text-warn" data-testid="swap-detail">{swapped.detail}</strong>}
      </span>
      <Button icon="undo" className="min-h-8 text-ink" onClick={() => void back()}>{tm('default.back')}</Button>
    </p>
  );
}

const MOST_CONSIDERED = 12;

function Considered({ models }: { models: readonly Model[] }): ReactNode {
  const { data } = useQuery(roleQuery('chat'));
  const others = data?.considered.filter((one) => one.rule !== null) ?? [];
  if (others.length === 0) return null;
  return (
    <details className="group/why text-sm">
      <summary className="flex min-h-7 cursor-pointer items-center gap-1.5 text-muted hover:text-ink">
        <span className="transition-transform group-open/why:rotate-0 -rotate-90"><Icon name="chevron" size={14} /></span>
        {tm('default.why')}
      </summary>
      <ul className="mt-1.5 grid gap-1.5 border-l-2 border-line pl-3">
        {others.slice(0, MOST_CONSIDERED).map((one, i) => (
          <li key={i} className="[overflow-wrap:anywhere]"><span className="font-medium">{labelOf(one, models)}</span> <span className="text-muted">{one.why}</span></li>
        ))}
      </ul>
    </details>
  );
}

function labelOf(one: RoleExplanation['considered'][number], models: readonly Model[]): string {
  return one.ref ? nameOfRef(one.ref, models) : (one.named ?? '');
}
