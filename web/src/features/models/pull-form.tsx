/** Asks for a model by its address. What was typed stays where it is refused. */
import { useState, type FormEvent, type ReactNode } from 'react';
import { pulls, pullsQuery } from '@/api/models';
import { queryClient } from '@/api/queries';
import type { PullRequest } from '@/api/types';
import { tm } from '@/features/models/texts';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

export function PullForm(): ReactNode {
  const [source, setSource] = useState('');
  const [sha256, setSha256] = useState('');
  const [hosts, setHosts] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await pulls.start(requestOf(source, sha256, hosts));
      setSource('');
      setSha256('');
      setHosts('');
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
    await queryClient.invalidateQueries({ queryKey: pullsQuery.queryKey });
  };
  return (
    <Group id="address" title={tm('pulls.title')} lead={tm('pulls.lead')}>
      <form className={`${CARD} grid gap-4 p-4 sm:grid-cols-2`} onSubmit={(event) => void start(event)}>
        <div className="sm:col-span-2">
          <Field label={tm('pulls.source')} value={source} required autoComplete="off" spellCheck={false} placeholder="https://…/model.gguf" onChange={(event) => setSource(event.target.value)} />
        </div>
        <Field label={tm('pulls.sha')} value={sha256} autoComplete="off" spellCheck={false} hint={tm('pulls.shaHint')} onChange={(event) => setSha256(event.target.value)} />
        <Field label={tm('pulls.hosts')} value={hosts} autoComplete="off" spellCheck={false} hint={tm('pulls.hostsHint')} onChange={(event) => setHosts(event.target.value)} />
        {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere] sm:col-span-2">{refused}</p>}
        <div className="sm:col-span-2"><Button type="submit" look="primary" icon="import" disabled={busy}>{busy ? tm('pulls.starting') : tm('pulls.start')}</Button></div>
      </form>
    </Group>
  );
}

function requestOf(source: string, sha256: string, hosts: string): PullRequest {
  const request: PullRequest = { source: source.trim() };
  if (sha256.trim() !== '') request.sha256 = sha256.trim();
  const named = hosts.split(',').map((host) => host.trim()).filter((host) => host !== '');
  if (named.length > 0) request.hosts = named;
  return request;
}
