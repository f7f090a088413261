/** Assistants that were deleted. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { assistants, refreshAssistants, removedQuery } from '@/api/assistants';
import { Removed } from '@/features/trash/removed';
import { tt } from '@/features/trash/words';
import { t } from '@/i18n/t';
import { Avatar } from '@/ui/avatar';
import { CARD, Group } from '@/ui/page';

export function RemovedAssistants(): ReactNode {
  const { data } = useQuery(removedQuery);
  if (!data || data.items.length === 0) return null;
  return (
    <Group id="assistants" title={t('action.assistants')} lead={tt('trash.assistantsLead')}>
      <ul className={`${CARD} divide-y divide-line`} aria-label={tt('trash.assistants')}>
        {data.items.map(({ id, name, avatar, deleted_at: deleted }) => (
          <Removed
            key={id}
            id={id}
            kind="assistant"
            name={name}
            deleted={deleted}
            avatar={<Avatar avatar={avatar} name={name} size="small" />}
            detail={tt('trash.purgeAssistant')}
            restore={() => assistants.restore(id)}
            purge={() => assistants.purge(id)}
            refresh={refreshAssistants}
          />
        ))}
      </ul>
    </Group>
  );
}
