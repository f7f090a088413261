/** Settings of this server: the owner's password, what the machine is, what went wrong. */
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { errorsQuery, queryClient, sessionQuery, systemQuery } from '@/api/queries';
import type { SystemInfo } from '@/api/types';
import { HardwareCard } from '@/features/settings/hardware-card';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { CARD, Facts, Group } from '@/ui/page';

export default function ServerSettings(): ReactNode {
  return (
    <>
      <SystemCard />
      <HardwareCard />
      <OwnerPassword />
      <Errors />
    </>
  );
}

function SystemCard(): ReactNode {
  const { data, error } = useQuery(systemQuery);
  return (
    <Group title={t('system.title')}>
      {error && <p role="alert" className="text-danger">{error.message}</p>}
      {data && (
        <Facts facts={factsOf(data)} testId="system-card" />
      )}
    </Group>
  );
}

function factsOf(info: SystemInfo): [string, string][] {
  return [
    [t('system.version'), info.version],
    [t('system.models'), String(info.models)],
    [t('system.folder'), info.data_folder],
    [t('system.encryption'), t(`encryption.${info.encryption}`)],
    [t('system.network'), info.network],
    [t('system.database'), t(`database.${info.database}`)],
  ];
}

function OwnerPassword(): ReactNode {
  const { data } = useQuery(sessionQuery);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      await client.session.setPassword(data?.password_set ? current : null, next);
      setCurrent('');
      setNext('');
      toast(t('password.saved'));
    } catch (error) {
      problem(error);
    }
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return (
    <Group title={t('password.title')} lead={data?.password_set ? t('password.isSet') : t('password.notSet')}>
      <form className="grid max-w-md gap-3" onSubmit={(event) => void save(event)}>
        <input type="text" autoComplete="username" value="owner" readOnly hidden />
        {data?.password_set && <Field label={t('password.current')} type="password" autoComplete="current-password" required value={current} onChange={(event) => setCurrent(event.target.value)} />}
        <Field label={t('password.new')} type="password" autoComplete="new-password" required minLength={8} value={next} onChange={(event) => setNext(event.target.value)} />
        <Button type="submit" className="justify-self-start">{t('password.save')}</Button>
      </form>
    </Group>
  );
}

function Errors(): ReactNode {
  const { data } = useQuery({ ...errorsQuery, staleTime: 0 });
  return (
    <Group title={t('errors.title')} lead={t('errors.lead')}>
      {data?.items.length === 0 && <p className="text-sm text-muted">{t('errors.none')}</p>}
      {data && data.items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line text-sm`}>
          {data.items.map((group) => (
            <li key={group.fingerprint} className="grid gap-0.5 p-3.5">
              <p className="flex flex-wrap items-baseline gap-x-3">
                <code className="font-mono text-[0.8125rem] font-semibold">{group.code}</code>
                <span className="text-muted">{t('errors.count', { n: group.count, time: fullTime(group.last_at) })}</span>
              </p>
              <p className="text-muted">{group.message}</p>
            </li>
          ))}
        </ul>
      )}
    </Group>
  );
}
