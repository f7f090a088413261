/** The models that were considered for a role, in order, each with the rule that took it out. */
import type { ReactNode } from 'react';
import type { Considered } from '@/api/broker';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { sentence } from '@/lib/sentence';
import { Badge, type Tone } from '@/ui/badge';
import { CARD } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

export function CandidateList({ considered }: { considered: readonly Considered[] }): ReactNode {
  return (
    <ol className={`${CARD} divide-y divide-line`}>
      {considered.map((one, i) => (
        <Candidate key={one.ref ?? one.named ?? i} place={i + 1} one={one} />
      ))}
    </ol>
  );
}

function Candidate({ place, one }: { place: number; one: Considered }): ReactNode {
  const rule = ruleName(one);
  const name = one.ref ?? one.named ?? '';
  return (
    <li data-testid="candidate" data-rule={one.rule ?? 'chosen'} className={`grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2 px-4 py-3 ${one.rule === null ? 'bg-accent-soft/40' : ''}`}>
      <span className="text-sm text-muted tabular-nums">{place}</span>
      <div className="grid gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-mono text-[0.8125rem] font-medium [overflow-wrap:anywhere]">{name}</span>
          <Badge tone={rule.tone}>{rule.text}</Badge>
        </p>
        <p className="text-sm text-muted [overflow-wrap:anywhere]"><Sentence text={sentence(one.why)} /></p>
        {one.rule === 'unavailable' && <Link href="/models/servers" className="inline-flex min-h-6 w-fit items-center text-[0.8125rem] font-medium text-accent underline underline-offset-2">{t('rule.servers')}</Link>}
        {one.named !== null && one.ref !== null && one.named !== one.ref && <p className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]">{t('roles.namedAs', { name: one.named })}</p>}
        {one.score !== null && <Score value={one.score} />}
      </div>
    </li>
  );
}

function Score({ value }: { value: number }): ReactNode {
  return (
    <p className="flex items-center gap-2 text-[0.8125rem] text-muted">
      <span aria-hidden="true" className="h-1.5 w-24 overflow-hidden rounded-full bg-hover"><span className="block h-full rounded-full bg-accent" style={{ width: `${value * 100}%` }} /></span>
      <span className="tabular-nums">{t('roles.score', { n: value.toFixed(2) })}</span>
    </p>
  );
}

const RULES = {
  ambiguous: 'rule.ambiguous',
  battery: 'rule.battery',
  failing: 'rule.failing',
  budget: 'rule.budget',
  cloud_fallback: 'rule.cloud_fallback',
  completion_only: 'rule.completion_only',
  consent: 'rule.consent',
  egress: 'rule.egress',
  heat: 'rule.heat',
  kind: 'rule.kind',
  memory: 'rule.memory',
  memory_limit: 'rule.memory_limit',
  not_here: 'rule.not_here',
  on_request: 'rule.on_request',
  privacy: 'rule.privacy',
  requirement: 'rule.requirement',
  search: 'rule.search',
  switched_off: 'rule.switched_off',
  unavailable: 'rule.unavailable',
} as const;

/** What the rule is called that took a model out, or that it was taken. */
function ruleName({ rule }: Considered): { text: string; tone: Tone } {
  if (rule === null) return { text: t('rule.chosen'), tone: 'good' };
  if (rule === 'order') return { text: t('rule.order'), tone: 'plain' };
  const key = RULES[rule as keyof typeof RULES];
  return { text: key ? t(key) : rule.replaceAll('_', ' '), tone: 'warn' };
}
