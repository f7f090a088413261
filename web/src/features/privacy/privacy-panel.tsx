/** What may leave this machine, to whom, and what did. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { consentsQuery, policyQuery, privacy, type Consent, type PolicyMode } from '@/api/broker';
import { queryClient } from '@/api/queries';
import { EgressLog } from '@/features/privacy/egress-log';
import { tv } from '@/features/privacy/texts';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Icon, type IconName } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const MODES: { mode: PolicyMode; icon: IconName }[] = [
  { mode: 'local_only', icon: 'home' },
  { mode: 'ask', icon: 'shield' },
  { mode: 'cloud_unless_sensitive', icon: 'cloud' },
];

const UNDO_MS = 10_000;

/** Does it, says so, and reads again what holds; `undo` takes it back. */
async function change(work: Promise<unknown>, done: string, undo?: () => void): Promise<void> {
  try {
    await work;
    toast(done, undo ? { action: { label: t('undo'), run: undo }, ms: UNDO_MS } : {});
  } catch (error) {
    problem(error);
  }
  await queryClient.invalidateQueries({ queryKey: ['privacy'] });
  await queryClient.invalidateQueries({ queryKey: ['role'] });
}

export default function PrivacyPanel(): ReactNode {
  return (
    <>
      <Policy />
      <Consents />
      <EgressLog />
    </>
  );
}

function Policy(): ReactNode {
  const { data, error, refetch } = useQuery(policyQuery);
  const choose = (mode: PolicyMode): void => {
    if (data && mode !== data.mode) void change(privacy.change(mode), tv('privacy.changed', { mode: t(`privacy.${mode}`) }));
  };
  return (
    <Group title={tv('privacy.title')} lead={tv('privacy.lead')}>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={tv('privacy.title')} />}
      {data && (
        <fieldset className="grid gap-2">
          <legend className="sr-only">{tv('privacy.title')}</legend>
          {MODES.map(({ mode, icon }) => (
            <label key={mode} className={`flex cursor-pointer items-start gap-3 rounded-xl border p-4 focus-within:outline-2 focus-within:outline-accent ${data.mode === mode ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:bg-hover'}`}>
              <input type="radio" name="policy" className="size-6 shrink-0 cursor-pointer appearance-none rounded-full border border-edge bg-surface checked:border-[7px] checked:border-accent" checked={data.mode === mode} onChange={() => choose(mode)} aria-describedby={`policy-${mode}`} />
              <span className="grid flex-1 gap-0.5">
                <span className="font-medium">{t(`privacy.${mode}`)}</span>
                <span id={`policy-${mode}`} className="text-sm text-muted">{t(`privacy.${mode}.about`)}</span>
              </span>
              <span className="text-muted"><Icon name={icon} /></span>
            </label>
          ))}
        </fieldset>
      )}
      {data && data.behaves_as !== data.mode && (
        <p role="note" className="rounded-lg bg-warn-soft px-3.5 py-2.5 text-sm" data-testid="behaves-as">{tv('privacy.behavesAs', { mode: t(`privacy.${data.behaves_as}`) })}</p>
      )}
      {data?.changed_at && <p className="text-[0.8125rem] text-muted">{tv('privacy.since', { time: fullTime(data.changed_at) })}</p>}
    </Group>
  );
}

function Consents(): ReactNode {
  const { data, error, refetch } = useQuery(consentsQuery);
  return (
    <Group title={tv('consents.title')} lead={tv('consents.lead')}>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={tv('consents.title')} rows={1} />}
      {data?.items.length === 0 && <p className="text-sm text-muted">{tv('consents.none')} <Link href="/models" className="text-accent underline underline-offset-2">{t('action.models')}</Link></p>}
      {data && data.items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`}>
          {data.items.map((consent) => (
            <ConsentRow key={consent.endpoint} consent={consent} />
          ))}
        </ul>
      )}
    </Group>
  );
}

function ConsentRow({ consent }: { consent: Consent }): ReactNode {
  const { endpoint: name, place } = consent;
  const agree = (): void => void change(privacy.consent(name), tv('consents.given', { name }));
  const withdraw = (): void => void change(privacy.withdraw(name), tv('consents.withdrawn', { name }), agree);
  const facts = [
    consent.given_at ? tv('consents.since', { time: fullTime(consent.given_at) }) : null,
    consent.from_settings ? tv('consents.fromSettings') : null,
    consent.private ? tv('consents.private') : null,
    consent.relayed ? tv('consents.relayed') : null,
  ].filter((fact) => fact !== null);
  return (
    <li data-testid="consent" data-name={name} className="flex flex-wrap items-center gap-x-3 gap-y-2 p-4">
      <div className="min-w-48 flex-1">
        <p className="flex flex-wrap items-center gap-2">
          <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
          <Standing consent={consent} />
        </p>
        <p className="font-mono text-xs text-muted [overflow-wrap:anywhere]">{place}</p>
        {facts.length > 0 && <p className="text-[0.8125rem] text-muted">{facts.join(' ')}</p>}
      </div>
      {!consent.from_settings && (consent.consented ? (
        <Button onClick={withdraw} aria-label={tv('consents.withdrawOne', { name })}>{tv('consents.withdraw')}</Button>
      ) : (
        <Button onClick={agree} aria-label={tv('consents.agreeOne', { name, place })}>{tv('consents.agree')}</Button>
      ))}
    </li>
  );
}

function Standing({ consent }: { consent: Consent }): ReactNode {
  if (consent.in_force) return <Badge tone="warn">{tv('consents.inForce')}</Badge>;
  return consent.consented ? <Badge>{tv('consents.held')}</Badge> : <Badge tone="good">{tv('consents.no')}</Badge>;
}
