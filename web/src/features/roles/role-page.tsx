/** One role: the model that fills it and why, every other that was considered, and which ones a person prefers. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { chooseAnew, roleQuery, type RoleExplanation } from '@/api/broker';
import { ByDifficulty } from '@/features/roles/by-difficulty';
import { Preferences } from '@/features/roles/preferences';
import { tr } from '@/features/roles/texts';
import { asked } from '@/features/roles/words';
import { roleName, rolePurpose } from '@/i18n/roles';
import { readableSize } from '@/lib/bytes';
import { modelHref } from '@/lib/model-href';
import { Link } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';
import { BackLink } from '@/ui/back-link';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { CandidateList } from '@/ui/candidates';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';
import { Sentence } from '@/ui/sentence';

export function RolePage({ role }: { role: string }): ReactNode {
  const { data, error, refetch } = useQuery(roleQuery(role));
  return (
    <>
      <BackLink href="/settings/workspace/roles">{tr('roles.all')}</BackLink>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={roleName(role)} />}
      {data && (
        <>
          <Chosen role={data} />
          <Preferences role={role} paired={data.by_difficulty !== null} />
          <ByDifficulty role={data} />
          <Candidates role={data} />
        </>
      )}
    </>
  );
}

function Chosen({ role }: { role: RoleExplanation }): ReactNode {
  const wanted = asked(role.requirements);
  const anew = async (): Promise<void> => {
    try {
      await chooseAnew();
      toast(tr('roles.chosenAnew'));
    } catch (error) {
      problem(error);
    }
  };
  return (
    <Group title={roleName(role.role)} lead={rolePurpose(role.role)}>
      <div className={`${CARD} grid gap-3 p-4`} data-testid="chosen">
        <div className="flex flex-wrap items-start gap-3">
          <span className={`mt-0.5 ${role.chosen === null ? 'text-warn' : 'text-accent'}`}><Icon name={role.chosen === null ? 'alert' : 'model'} /></span>
          <div className="min-w-48 flex-1">
            <p className="font-mono text-sm font-medium [overflow-wrap:anywhere]">{role.chosen === null ? tr('roles.nobody') : <Link href={modelHref(role.chosen)} className="inline-block min-h-6 underline-offset-2 hover:underline">{role.chosen}</Link>}</p>
            {role.reason !== role.problem && <p className="text-sm text-muted"><Sentence text={role.reason} /></p>}
          </div>
          <Button icon="again" onClick={() => void anew()}>{tr('roles.chooseAnew')}</Button>
        </div>
        {role.problem !== null && (
          <div className="grid gap-1.5 rounded-lg bg-warn-soft px-3.5 py-2.5 text-sm" data-testid="lacking">
            <p className="font-medium text-warn">{tr('roles.lacksTitle')}</p>
            <p className="[overflow-wrap:anywhere]"><Sentence text={role.problem} /></p>
            <Link href="/models" className="w-fit min-h-6 font-medium text-accent underline underline-offset-2">{tr('roles.toModels')}</Link>
          </div>
        )}
        {wanted.length > 0 && (
          <div className="flex flex-wrap items-center gap-1.5">
            <span className="text-sm text-muted">{tr('roles.asks')}</span>
            {wanted.map((one) => <Badge key={one}>{one}</Badge>)}
          </div>
        )}
      </div>
    </Group>
  );
}

function Candidates({ role }: { role: RoleExplanation }): ReactNode {
  return (
    <Group title={tr('roles.considered', { n: role.considered.length })} lead={tr('roles.consideredLead')}>
      {role.considered.length === 0 ? (
        <p className="text-sm text-muted">{tr('roles.noCandidates')}</p>
      ) : (
        <CandidateList considered={role.considered} />
      )}
      <p className="text-[0.8125rem] text-muted">{circumstances(role)}</p>
    </Group>
  );
}

/** What the machine had left when the choice was made. */
function circumstances({ resources, hot_swap }: RoleExplanation): string {
  const { memory_free, memory_capacity, graphics_free, heat, battery_percent, charging } = resources;
  return [
    memory_free !== null && memory_capacity !== null ? tr('roles.memory', { free: readableSize(memory_free), all: readableSize(memory_capacity) }) : null,
    graphics_free !== null ? tr('roles.graphics', { free: readableSize(graphics_free) }) : null,
    heat !== null ? tr('roles.heat', { n: Math.round(heat * 100) }) : null,
    battery_percent !== null && charging === false ? tr('roles.battery', { n: battery_percent }) : null,
    hot_swap ? tr('roles.swaps') : tr('roles.keeps'),
  ].filter((one) => one !== null).join(' ');
}
