/** Servers that have models: added with an address and a key, tested, removed. */
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { endpointsQuery, modelsQuery, queryClient } from '@/api/queries';
import type { Endpoint, EndpointCreate, EndpointTest } from '@/api/types';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Choice, Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

type Wire = EndpointCreate['wire'];

const WIRES: Wire[] = ['openai', 'ollama', 'anthropic', 'google'];

const KNOWN: { name: string; url: string; wire: Wire }[] = [
  { name: 'OpenAI', url: 'https://api.openai.com/v1', wire: 'openai' },
  { name: 'Anthropic', url: 'https://api.anthropic.com/v1', wire: 'anthropic' },
  { name: 'Google', url: 'https://generativelanguage.googleapis.com/v1beta', wire: 'google' },
  { name: 'OpenRouter', url: 'https://openrouter.ai/api/v1', wire: 'openai' },
  { name: 'Mistral', url: 'https://api.mistral.ai/v1', wire: 'openai' },
  { name: 'LM Studio', url: 'http://127.0.0.1:1234/v1', wire: 'openai' },
];

/** The name as the server takes it: small letters, digits, dashes. */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]+/g, '-').replace(/^[-_]+/, '').slice(0, 40);
}

async function refresh(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: endpointsQuery.queryKey });
  await queryClient.invalidateQueries({ queryKey: modelsQuery.queryKey });
}

export function Endpoints(): ReactNode {
  const { data } = useQuery(endpointsQuery);
  return (
    <Group id="key" title={t('endpoints.title')} lead={t('endpoints.lead')}>
      {data && data.items.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`}>
          {data.items.map((endpoint) => (
            <Row key={endpoint.name} endpoint={endpoint} />
          ))}
        </ul>
      )}
      <AddEndpoint />
    </Group>
  );
}

function Row({ endpoint }: { endpoint: Endpoint }): ReactNode {
  const [result, setResult] = useState<EndpointTest | null>(null);
  const { id } = endpoint;
  const test = async (id: string): Promise<void> => {
    try {
      setResult(await client.endpoints.test(id));
    } catch (error) {
      problem(error);
    }
  };
  const remove = async (id: string): Promise<void> => {
    try {
      await client.endpoints.remove(id);
    } catch (error) {
      problem(error);
    }
    await refresh();
  };
  return (
    <li className="flex flex-wrap items-center gap-2 p-3">
      <div className="min-w-48 flex-1">
        <p className="font-medium">{endpoint.name}</p>
        <p className="truncate font-mono text-xs text-muted">{endpoint.base_url ?? t('endpoints.found')}</p>
        {result && (
          <p role="status" className={`text-sm ${result.ok ? 'text-accent' : 'text-danger'}`}>
            {result.ok ? t('endpoints.ok', { n: result.models, ms: result.latency_ms ?? 0 }) : result.detail}
          </p>
        )}
      </div>
      {id && (
        <div className="ml-auto flex gap-2">
          <Button onClick={() => void test(id)}>{t('endpoints.test')}</Button>
          <Confirm
            trigger={<Button look="quiet" icon="trash">{t('remove')}</Button>}
            title={t('endpoints.removeTitle', { name: endpoint.name })}
            detail={t('endpoints.removeDetail')}
            action={t('remove')}
            onConfirm={() => void remove(id)}
          />
        </div>
      )}
    </li>
  );
}

function AddEndpoint(): ReactNode {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [key, setKey] = useState('');
  const [wire, setWire] = useState<Wire>('openai');
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    try {
      const created = await client.endpoints.add({ name: slug(name), wire, base_url: url, consent: true, ...(key ? { api_key: key } : {}) });
      setName('');
      setUrl('');
      setKey('');
      toast(t('endpoints.added', { name: created.name }));
    } catch (error) {
      problem(error);
    }
    await refresh();
  };
  return (
    <form className={`${CARD} grid gap-4 p-4 sm:grid-cols-2`} onSubmit={(event) => void add(event)}>
      <div className="flex flex-wrap items-center gap-2 sm:col-span-2" role="group" aria-labelledby="known-servers">
        <p id="known-servers" className="w-full text-sm text-muted">{t('endpoints.known')}</p>
        {KNOWN.map((one) => (
          <Button key={one.name} className="min-h-8 px-3" onClick={() => { setName(one.name); setUrl(one.url); setWire(one.wire); }}>{one.name}</Button>
        ))}
      </div>
      <Field label={t('endpoints.name')} value={name} required maxLength={80} onChange={(event) => setName(event.target.value)} />
      <Choice label={t('endpoints.wire')} value={wire} onChange={(event) => setWire(event.target.value as Wire)} options={WIRES.map((one) => ({ value: one, label: t(`endpoints.${one}`) }))} />
      <Field label={t('endpoints.url')} type="url" value={url} required placeholder="https://…/v1" onChange={(event) => setUrl(event.target.value)} />
      <Field label={t('endpoints.key')} type="password" autoComplete="off" value={key} hint={t('endpoints.keyHint')} onChange={(event) => setKey(event.target.value)} />
      <p className="text-sm text-muted sm:col-span-2">{t('endpoints.consent')}</p>
      <div className="sm:col-span-2"><Button type="submit" look="primary">{t('endpoints.add')}</Button></div>
    </form>
  );
}
