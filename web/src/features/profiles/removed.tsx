/** Profiles in the trash: bring one back, or delete it for ever. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { profiles, removedProfilesQuery, type RemovedProfile } from '@/api/broker';
import { bringBack, change } from '@/features/profiles/doing';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { CARD, Group } from '@/ui/page';

export function RemovedProfiles(): ReactNode {
  const items = useQuery(removedProfilesQuery).data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Group title={tf('profiles.trash')} lead={tf('profiles.trashLead')}>
      <ul className={`${CARD} divide-y divide-line`}>
        {items.map((one) => <Row key={`${one.id}-${one.deleted_at}`} removed={one} first={items.find((other) => other.address === one.address) === one} />)}
      </ul>
    </Group>
  );
}

/** Files of one name are brought back from the last removed one on; rows have ids of their own. */
function Row({ removed, first }: { removed: RemovedProfile; first: boolean }): ReactNode {
  const { id, address, name, owner } = removed;
  const file = owner === 'instance';
  const meant = file ? address : id;
  return (
    <li className="flex flex-wrap items-center gap-2 p-3" data-testid="removed-profile" data-name={name}>
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
          <Badge>{t(`owner.${owner}`)}</Badge>
        </p>
        <p className="text-[0.8125rem] text-muted">{t('trash.deletedAt', { time: fullTime(removed.deleted_at) })}</p>
      </div>
      {(first || !file) && (
        <div className="ml-auto flex flex-wrap gap-2">
          <Button icon="undo" aria-label={tf('profiles.restoreOne', { name })} onClick={() => void bringBack(meant, name, false)}>{t('trash.restore')}</Button>
          <Confirm
            trigger={<Button look="quiet" icon="trash" aria-label={tf('profiles.purgeOne', { name })}>{t('trash.forEver')}</Button>}
            title={t('trash.purgeTitle', { title: name })}
            detail={tf('profiles.purgeDetail')}
            action={t('trash.forEver')}
            onConfirm={() => void change(profiles.purge(meant), tf('profiles.purged', { name }))}
          />
        </div>
      )}
    </li>
  );
}
