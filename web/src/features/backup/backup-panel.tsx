/** Backups: make one, see what there is and whether it is sound, take it away, let it expire; how to bring one back. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { backups, backupsQuery, isUnderWay, type Backup, type BackupWork } from '@/api/backups';
import { queryClient } from '@/api/queries';
import { expiry, facts, phase, share } from '@/features/backup/words';
import { tb } from '@/features/backup/texts';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Choice } from '@/ui/field';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const KEEP = [7, 30, 90, 365, 0] as const;

async function doing(what: Promise<unknown>): Promise<void> {
  try {
    await what;
  } catch (error) {
    problem(error);
  }
  await queryClient.invalidateQueries({ queryKey: backupsQuery.queryKey });
}

function keepOptions(): { value: string; label: string }[] {
  return KEEP.map((days) => ({ value: String(days), label: days === 0 ? tb('backup.keepEver') : tb('backup.keepDays', { n: days }) }));
}

export default function BackupPanel(): ReactNode {
  const query = useQuery(backupsQuery);
  const work = query.data?.work ?? [];
  const active = work.filter(isUnderWay);
  const latest = work[0];
  const holding = query.data?.items.filter((one) => one.purged > 0).length ?? 0;
  return (
    <>
      <Make busy={active.some((one) => one.does === 'make')} />
      {active.map((one) => <Progress key={one.id} work={one} />)}
      {active.length === 0 && latest?.state === 'failed' && (
        <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{latest.detail ?? latest.code}</p>
      )}
      <Group title={tb('backup.list')} lead={query.data ? tb('backup.folder', { folder: query.data.folder }) : ''}>
        {holding > 0 && <p className="rounded-lg bg-warn-soft px-3 py-2 text-sm text-warn" data-testid="backups-hold">{tb('backup.purgedLead', { n: holding })}</p>}
        {query.error && <Refused error={query.error} onRetry={() => void query.refetch()} />}
        {!query.data && !query.error && <Reading what={tb('backup.list')} />}
        {query.data?.items.length === 0 && <p className={`${CARD} p-4 text-sm text-muted`}>{tb('backup.none')}</p>}
        {query.data && query.data.items.length > 0 && (
          <ul className={`${CARD} divide-y divide-line`} aria-label={tb('backup.list')}>
            {query.data.items.map((one) => <Row key={one.name} backup={one} />)}
          </ul>
        )}
      </Group>
      <Group title={tb('backup.back')} lead={tb('backup.backLead')}>
        <ol className="grid list-decimal gap-2 pl-5 text-sm">
          <li>{tb('backup.back1')}</li>
          <li>{tb('backup.back2')} <code className="font-mono text-[0.8125rem] [overflow-wrap:anywhere]">mecum restore FILE --yes</code></li>
          <li>{tb('backup.back3')}</li>
        </ol>
      </Group>
    </>
  );
}

function Make({ busy }: { busy: boolean }): ReactNode {
  const [days, setDays] = useState('30');
  return (
    <Group title={t('backup.title')} lead={tb('backup.lead')}>
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void doing(backups.make(Number(days)));
        }}
      >
        <div className="w-48"><Choice label={tb('backup.keep')} value={days} onChange={(event) => setDays(event.target.value)} options={keepOptions()} /></div>
        <Button type="submit" look="primary" disabled={busy}>{tb('backup.make')}</Button>
      </form>
    </Group>
  );
}

function Progress({ work }: { work: BackupWork }): ReactNode {
  const done = share(work);
  return (
    <div className={`${CARD} grid gap-2 p-4`} data-testid="backup-work">
      <p role="status" className="text-sm">{phase(work)}</p>
      <div
        role="progressbar"
        aria-label={tb('backup.progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={done === null ? undefined : Math.round(done * 100)}
        className="h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <div className="h-full rounded-full bg-accent transition-[width] duration-300" style={{ width: `${(done ?? 0.02) * 100}%` }} />
      </div>
    </div>
  );
}

function Row({ backup }: { backup: Backup }): ReactNode {
  const name = backup.made_at ? fullTime(backup.made_at) : backup.name;
  return (
    <li className="grid gap-2 p-3.5" data-testid="backup">
      <div className="grid gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          {name}
          <State backup={backup} />
          {backup.purged > 0 && <Badge tone="warn">{tb('backup.purged', { n: backup.purged })}</Badge>}
        </p>
        <p className="text-sm text-muted tabular-nums">{[...facts(backup), expiry(backup)].join(' · ')}</p>
        <p className="font-mono text-[0.8125rem] text-muted [overflow-wrap:anywhere]">{backup.name}</p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <a href={backups.address(backup.id)} download={backup.name} aria-label={tb('backup.downloadName', { name })} className="inline-flex min-h-9 items-center rounded-lg border border-line bg-surface px-2.5 text-sm font-medium transition-colors hover:bg-hover">{tb('backup.download')}</a>
        <Button className="px-2.5" aria-label={tb('backup.verifyName', { name })} onClick={() => void doing(backups.verify(backup.id))}>{tb('backup.verify')}</Button>
        <Button className="px-2.5" aria-label={tb('backup.keepEverName', { name })} disabled={!backup.expires_at} onClick={() => void doing(backups.keep(backup.id, 0))}>{tb('backup.keepOn')}</Button>
        <Confirm
          trigger={<Button look="quiet" icon="trash" className="px-2.5" aria-label={tb('backup.removeName', { name })}>{tb('backup.remove')}</Button>}
          title={tb('backup.removeTitle', { name })}
          detail={tb('backup.removeDetail')}
          action={tb('backup.remove')}
          onConfirm={() => void doing(backups.remove(backup.id))}
        />
      </div>
    </li>
  );
}

function State({ backup }: { backup: Backup }): ReactNode {
  if (backup.problem) return <Badge tone="bad">{tb('backup.problem', { code: backup.problem })}</Badge>;
  if (backup.verified_at) return <Badge tone="good">{tb('backup.sound', { time: fullTime(backup.verified_at) })}</Badge>;
  return <Badge tone="plain">{tb('backup.unverified')}</Badge>;
}
