/** Assistants that came with Mecum: taken with one press, and a person's own from then on. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { assistants, startersQuery, type Starter } from '@/api/assistants';
import { change } from '@/features/assistants/doing';
import { ta } from '@/features/assistants/words';
import { Avatar } from '@/ui/avatar';
import { Button } from '@/ui/button';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function Starters(): ReactNode {
  const { data, error, refetch } = useQuery(startersQuery);
  const [busy, setBusy] = useState(false);
  const left = data?.items.filter((one) => !one.there) ?? [];
  if (data && left.length === 0) return null;
  const take = async (slugs: string[], done: string): Promise<void> => {
    setBusy(true);
    await change(assistants.begin(slugs), done);
    setBusy(false);
  };
  return (
    <Group id="starters" title={ta('starters.title')} lead={ta('starters.lead')}>
      {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={ta('starters.title')} />}
      <ul className="grid gap-2.5 sm:grid-cols-2 xl:grid-cols-3" aria-label={ta('starters.title')}>
        {left.map((one) => <Row key={one.slug} starter={one} busy={busy} onTake={() => void take([one.slug], ta('starters.taken', { name: one.name }))} />)}
      </ul>
      {left.length > 1 && (
        <Button className="justify-self-start" disabled={busy} onClick={() => void take(left.map((one) => one.slug), ta('starters.takenAll', { n: left.length }))}>{ta('starters.all')}</Button>
      )}
    </Group>
  );
}

function Row({ starter: one, busy, onTake }: { starter: Starter; busy: boolean; onTake: () => void }): ReactNode {
  return (
    <li className={`${CARD} flex items-start gap-3 p-3`} data-testid="starter-assistant" data-slug={one.slug}>
      <Avatar avatar={one.avatar} name={one.name} />
      <div className="min-w-0 flex-1">
        <h3 className="font-medium">{one.name}</h3>
        <p className="line-clamp-2 text-sm text-muted">{one.description}</p>
      </div>
      <Button aria-label={ta('starters.takeName', { name: one.name })} disabled={busy} onClick={onTake}>{ta('starters.take')}</Button>
    </li>
  );
}
