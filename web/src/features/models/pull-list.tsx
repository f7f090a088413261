/** What is being fetched and how far it is, and what became of it. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, type ReactNode } from 'react';
import { isActive, pulls, pullsQuery, refreshModels } from '@/api/models';
import { queryClient } from '@/api/queries';
import type { Pull } from '@/api/types';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { problem } from '@/lib/toasts';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CARD, Group } from '@/ui/page';

const MOST = 6;
const TONES: Record<Pull['state'], Tone> = { queued: 'plain', running: 'plain', done: 'good', failed: 'bad', cancelled: 'plain' };

export function PullList(): ReactNode {
  const { data } = useQuery(pullsQuery);
  const items = data?.items ?? [];
  useWhenOneEnds(items);
  const shown = items.filter((pull, i) => i < MOST || isActive(pull));
  if (shown.length === 0) return null;
  return (
    <Group title={tm('pulls.list')}>
      <ul className={`${CARD} divide-y divide-line`} data-testid="pulls">
        {shown.map((pull) => <Row key={pull.id} pull={pull} />)}
      </ul>
    </Group>
  );
}

/** Reads the models again once a pull is over. */
function useWhenOneEnds(items: readonly Pull[]): void {
  const active = items.filter(isActive).length;
  const before = useRef(active);
  useEffect(() => {
    if (active < before.current) void refreshModels();
    before.current = active;
  }, [active]);
}

async function reading(what: Promise<unknown>): Promise<void> {
  try {
    await what;
  } catch (error) {
    problem(error);
  }
  await queryClient.invalidateQueries({ queryKey: pullsQuery.queryKey });
}

function Row({ pull }: { pull: Pull }): ReactNode {
  const active = isActive(pull);
  return (
    <li className="grid gap-2 p-3.5" data-testid="pull" data-state={pull.state}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="font-medium [overflow-wrap:anywhere]">{pull.model ?? pull.source}</p>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted tabular-nums">
            <Badge tone={TONES[pull.state]}>{t(`pulls.state.${pull.state}`)}</Badge>
            <span>{facts(pull).join(' · ')}</span>
          </p>
        </div>
        {active && <Button icon="close" className="min-h-8 px-2.5" aria-label={tm('pulls.cancelName', { source: pull.source })} onClick={() => void reading(pulls.cancel(pull.id))}>{tm('pulls.cancel')}</Button>}
        {pull.state === 'failed' && <Button icon="again" className="min-h-8 px-2.5" onClick={() => void reading(pulls.again(pull.id))}>{tm('pulls.again')}</Button>}
      </div>
      {active && <Progress pull={pull} />}
      {pull.detail && <p role={pull.state === 'failed' ? 'alert' : 'note'} className={`text-sm [overflow-wrap:anywhere] ${pull.state === 'failed' ? 'text-danger' : 'text-warn'}`}>{pull.detail}</p>}
    </li>
  );
}

function facts(pull: Pull): string[] {
  const found = [
    isActive(pull) ? pull.says : null,
    amount(pull),
    pull.attempts > 1 ? tm('pulls.attempt', { n: pull.attempts }) : null,
    pull.verified ? t(`pulls.verified.${pull.verified}`) : null,
  ];
  return found.filter((fact) => fact !== null);
}

function amount({ done_bytes: done, total_bytes: total, state }: Pull): string | null {
  if (done === 0 || state === 'cancelled') return null;
  if (total === null) return tm('pulls.so', { done: readableSize(done) });
  return state === 'done' ? readableSize(total) : tm('pulls.of', { done: readableSize(done), total: readableSize(total) });
}

/** A bar; without a known total it says how much is there and nothing of how far that is. */
function Progress({ pull }: { pull: Pull }): ReactNode {
  const share = pull.total_bytes ? Math.min(1, pull.done_bytes / pull.total_bytes) : null;
  return (
    <div
      role="progressbar"
      aria-label={tm('pulls.progress', { source: pull.source })}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      className="h-1.5 overflow-hidden rounded-full bg-hover"
    >
      <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${(share ?? 0.02) * 100}%` }} />
    </div>
  );
}
