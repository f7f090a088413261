/** Every call that left this machine or was not let out: for and to whom, why, what, how much, and the answer. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { egressQuery, type Egress, type EgressWanted } from '@/api/broker';
import { EgressFilters } from '@/features/privacy/egress-filters';
import { tv } from '@/features/privacy/texts';
import { answered, dataClass, purpose } from '@/features/privacy/words';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { fullTime } from '@/lib/time';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function EgressLog(): ReactNode {
  const [wanted, setWanted] = useState<EgressWanted>({});
  const query = useInfiniteQuery(egressQuery(wanted));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Group id="egress" title={t('egress.title')} lead={tv('egress.lead')}>
      <EgressFilters wanted={wanted} onChange={setWanted} />
      {query.error && <Refused error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Reading what={t('egress.title')} />}
      {query.data && items.length === 0 && <p className={`${CARD} p-4 text-sm text-muted`}>{Object.keys(wanted).length === 0 ? tv('egress.none') : tv('egress.noneOf')}</p>}
      {items.length > 0 && (
        <ol className={`${CARD} divide-y divide-line`} aria-label={t('egress.title')}>
          {items.map((call, i) => (
            <Row key={i} call={call} />
          ))}
        </ol>
      )}
      {query.hasNextPage && <Button className="justify-self-center" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{tv('egress.more')}</Button>}
    </Group>
  );
}

function Row({ call }: { call: Egress }): ReactNode {
  const status = answered(call.status, call.refusal);
  const facts = [
    call.refusal === null ? tv('egress.sent', { size: readableSize(call.bytes_out) }) : null,
    call.person === null ? tv('egress.forItself') : tv('egress.forPerson', { name: call.person }),
    call.endpoint ? tv('egress.endpoint', { name: call.endpoint }) : null,
    call.decision ? t(`decision.${call.decision}`) : null,
  ];
  return (
    <li data-testid="egress" className="grid gap-x-4 gap-y-1 px-4 py-2.5 text-sm sm:grid-cols-[minmax(0,1fr)_auto]">
      <p className="[overflow-wrap:anywhere]">
        <span className="font-mono text-[0.8125rem] font-medium">{call.host}</span>
        <span className="text-muted"> · {purpose(call.purpose)}</span>
      </p>
      <time dateTime={call.at} className="text-[0.8125rem] text-muted tabular-nums sm:text-right">{fullTime(call.at)}</time>
      <p className="text-[0.8125rem] text-muted tabular-nums [overflow-wrap:anywhere]">
        <Badge tone={call.data_class === 'conversation' ? 'warn' : 'plain'}>{dataClass(call.data_class)}</Badge>
        {' '}
        {facts.filter((fact) => fact !== null).join(' · ')}
      </p>
      <p className={`text-[0.8125rem] tabular-nums sm:text-right ${status.good ? 'text-muted' : 'text-danger'}`}>{status.text}</p>
    </li>
  );
}
