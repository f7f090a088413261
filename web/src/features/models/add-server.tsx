/** Adds a server by its address and key; beyond this machine it says plainly what that means. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { refreshModels } from '@/api/models';
import type { EndpointCreate, Manifest } from '@/api/types';
import { tm } from '@/features/models/texts';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Choice, Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

type Wire = EndpointCreate['wire'];

const WIRES: Wire[] = ['openai', 'ollama', 'anthropic', 'google'];

const knownQuery = queryOptions({ queryKey: ['endpoints', 'known'], queryFn: client.endpoints.known, staleTime: Infinity });

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** The name as the server takes it: small letters, digits, dashes. */
function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_]+/g, '-').replace(/^[-_]+/, '').slice(0, 40);
}

/** The host an address leads to where that is beyond this machine, or null. */
function hostBeyond(url: string): string | null {
  const { hostname = '' } = URL.parse(url) ?? {};
  return hostname === '' || LOOPBACK.test(hostname) ? null : hostname;
}

interface Draft {
  name: string;
  wire: Wire;
  url: string;
  key: string;
  consent: boolean;
}

const EMPTY: Draft = { name: '', wire: 'openai', url: '', key: '', consent: false };

export function AddServer(): ReactNode {
  const [draft, setDraft] = useState(EMPTY);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const host = hostBeyond(draft.url);
  const change = (some: Partial<Draft>): void => setDraft((before) => ({ ...before, ...some }));
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      const created = await client.endpoints.add(requestOf(draft, host));
      setDraft(EMPTY);
      toast(tm('endpoints.added', { name: created.name }));
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    await refreshModels();
  };
  return (
    <Group title={tm('endpoints.addTitle')}>
      <form className={`${CARD} grid gap-4 p-4 sm:grid-cols-2`} onSubmit={(event) => void add(event)}>
        <Known choose={({ name, base_url, wire }) => change({ name, url: base_url, wire, consent: false })} />
        <Field label={tm('endpoints.name')} value={draft.name} required maxLength={80} onChange={(event) => change({ name: event.target.value })} />
        <Choice label={tm('endpoints.wire')} value={draft.wire} onChange={(event) => change({ wire: event.target.value as Wire })} options={WIRES.map((one) => ({ value: one, label: tm(`endpoints.${one}`) }))} />
        <Field label={tm('endpoints.url')} type="url" value={draft.url} required placeholder="https://…/v1" onChange={(event) => change({ url: event.target.value, consent: false })} />
        <Field label={tm('endpoints.key')} type="password" autoComplete="off" value={draft.key} hint={tm('endpoints.keyHint')} onChange={(event) => change({ key: event.target.value })} />
        {host && (
          <label className="flex cursor-pointer items-start gap-3 rounded-lg bg-warn-soft p-3.5 text-sm sm:col-span-2" data-testid="consent">
            <input type="checkbox" className="size-6 shrink-0 accent-accent" checked={draft.consent} onChange={(event) => change({ consent: event.target.checked })} />
            <span>
              <span className="block font-medium [overflow-wrap:anywhere]">{tm('endpoints.consent', { place: host })}</span>
              <span className="block text-warn">{tm('endpoints.consentHint')}</span>
            </span>
          </label>
        )}
        {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere] sm:col-span-2">{refused}</p>}
        <div className="sm:col-span-2"><Button type="submit" look="primary" disabled={busy}>{busy ? tm('endpoints.adding') : tm('endpoints.add')}</Button></div>
      </form>
    </Group>
  );
}

/** The servers whose address is known; without the list the address is typed. */
function Known({ choose }: { choose: (manifest: Manifest) => void }): ReactNode {
  const { data } = useQuery(knownQuery);
  if (!data) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 sm:col-span-2" role="group" aria-labelledby="known-servers">
      <p id="known-servers" className="w-full text-sm text-muted">{tm('endpoints.known')}</p>
      {data.items.map((one) => (
        <Button key={one.name} className="min-h-8 px-3" onClick={() => choose(one)}>{one.title}</Button>
      ))}
    </div>
  );
}

function requestOf({ name, wire, url, key, consent }: Draft, host: string | null): EndpointCreate {
  return { name: slug(name), wire, base_url: url, consent: host !== null && consent, ...(key ? { api_key: key } : {}) };
}
