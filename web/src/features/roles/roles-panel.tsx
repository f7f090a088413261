/** What models are needed for: every role with the model that fills it, or one role with all that was considered. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { rolesQuery, type Role } from '@/api/broker';
import { RolePage } from '@/features/roles/role-page';
import { tr } from '@/features/roles/texts';
import { roleHref, roleName, rolePurpose } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { Badge } from '@/ui/badge';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';
import { Sentence } from '@/ui/sentence';

export default function RolesPanel({ item }: { item: string | null }): ReactNode {
  return item === null ? <Roles /> : <RolePage key={item} role={item} />;
}

function Roles(): ReactNode {
  const { data, error, refetch } = useQuery(rolesQuery);
  const lacking = data?.items.filter((role) => role.problem !== null).length ?? 0;
  return (
    <Group title={t('roles.title')} lead={tr('roles.lead')}>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={t('roles.title')} rows={5} />}
      <Link href="/models" className="inline-flex min-h-6 w-fit items-center text-sm font-medium text-accent underline underline-offset-2">{tr('roles.models')}</Link>
      {data && <p className="text-sm text-muted" data-testid="roles-state">{lacking === 0 ? tr('roles.allFilled') : tr('roles.lacking', { n: lacking })}</p>}
      {data && (
        <ul className={`${CARD} divide-y divide-line overflow-hidden`}>
          {data.items.map((role) => (
            <Row key={role.role} role={role} />
          ))}
        </ul>
      )}
    </Group>
  );
}

function Row({ role }: { role: Role }): ReactNode {
  return (
    <li data-testid="role" data-role={role.role}>
      <Link href={roleHref(role.role)} className="grid gap-x-5 gap-y-1 px-4 py-3.5 hover:bg-hover focus-visible:-outline-offset-2 sm:grid-cols-[11rem_minmax(0,1fr)_auto]">
        <span>
          <span className="block font-medium">{roleName(role.role)}</span>
          <span className="block text-[0.8125rem] text-muted">{rolePurpose(role.role)}</span>
        </span>
        <span className="min-w-0">
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{role.chosen ?? tr('roles.nobody')}</span>
            {role.problem !== null && <Badge tone="warn">{tr('roles.lacks')}</Badge>}
            {role.mapped && <Badge>{tr('roles.mapped')}</Badge>}
          </span>
          <span className="mt-0.5 block text-sm text-muted [overflow-wrap:anywhere]"><Sentence text={role.problem ?? role.reason} /></span>
        </span>
        <span className="hidden self-center text-muted sm:block"><Icon name="right" size={16} /></span>
      </Link>
    </li>
  );
}
