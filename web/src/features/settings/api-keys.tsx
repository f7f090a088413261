/** API keys: made once, shown once, removed for ever. */
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { keysQuery, queryClient } from '@/api/queries';
import type { ApiKey, NewApiKey } from '@/api/types';
import { t } from '@/i18n/t';
import { copyText } from '@/lib/clipboard';
import { fullTime } from '@/lib/time';
import { problem } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

function refresh(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: keysQuery.queryKey });
}

export function ApiKeys(): ReactNode {
  const { data } = useQuery(keysQuery);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const remove = async (key: ApiKey): Promise<void> => {
    try {
      await client.keys.remove(key.id);
    } catch (error) {
      problem(error);
    }
    await refresh();
  };
  return (
    <Group title={t('keys.api')} lead={t('keys.apiLead')}>
      {made && <NewSecret secret={made.secret} />}
      {data && data.items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`}>
          {data.items.map((key) => (
            <li key={key.id} className="flex flex-wrap items-center gap-2 p-3">
              <div className="min-w-40 flex-1">
                <p className="font-medium">{key.name}</p>
                <p className="text-[0.8125rem] text-muted"><span className="font-mono">{key.prefix}…</span> · {fullTime(key.created_at)}</p>
              </div>
              <Confirm
                trigger={<Button look="quiet" icon="trash">{t('keys.remove')}</Button>}
                title={t('keys.removeTitle', { name: key.name })}
                detail={t('keys.removeDetail')}
                action={t('keys.remove')}
                onConfirm={() => void remove(key)}
              />
            </li>
          ))}
        </ul>
      )}
      <AddKey onMade={setMade} />
    </Group>
  );
}

function AddKey({ onMade }: { onMade: (key: NewApiKey) => void }): ReactNode {
  const [name, setName] = useState('');
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      onMade(await client.keys.add(name));
      setName('');
    } catch (error) {
      problem(error);
    }
    await refresh();
  };
  return (
    <form className="flex max-w-md items-end gap-2" onSubmit={(event) => void add(event)}>
      <div className="flex-1"><Field label={t('keys.name')} value={name} required maxLength={80} onChange={(event) => setName(event.target.value)} /></div>
      <Button type="submit" icon="key">{t('keys.make')}</Button>
    </form>
  );
}

function NewSecret({ secret }: { secret: string }): ReactNode {
  return (
    <div role="status" className="grid gap-2 rounded-xl bg-accent-soft p-4">
      <p className="text-sm font-medium">{t('keys.once')}</p>
      <div className="flex items-center gap-2">
        <code className="min-w-0 flex-1 font-mono text-sm [overflow-wrap:anywhere]">{secret}</code>
        <Button icon="copy" onClick={() => void copyText(secret)}>{t('code.copy')}</Button>
      </div>
    </div>
  );
}
