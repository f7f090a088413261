/** Servers that have models: whether anything may be sent there, tested, removed. */
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { consents, consentsQuery, limitAnswers, refreshModels } from '@/api/models';
import { endpointsQuery } from '@/api/queries';
import type { Consent, Endpoint, EndpointTest } from '@/api/types';
import { AddServer } from '@/features/models/add-server';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { CARD, Group } from '@/ui/page';

/** A server as it is shown: what was added or set, what was found by itself and passes on to a cloud. */
interface Shown {
  name: string;
  endpoint: Endpoint | null;
  consent: Consent | null;
}

export function Servers(): ReactNode {
  const endpoints = useQuery(endpointsQuery);
  const agreed = useQuery(consentsQuery);
  const failure = endpoints.error ?? agreed.error;
  const shown = endpoints.data && agreed.data ? together(endpoints.data.items, agreed.data.items) : null;
  return (
    <>
      <Group id="key" title={tm('endpoints.title')} lead={tm('endpoints.lead')}>
        {failure && <p role="alert" className="text-danger">{failure.message}</p>}
        {!shown && !failure && <p className="text-sm text-muted">{t('loading')}</p>}
        {shown?.length === 0 && <p className="text-sm text-muted">{tm('endpoints.none')}</p>}
        {shown && shown.length > 0 && (
          <ul className={`${CARD} divide-y divide-line`}>
            {shown.map((one) => <Row key={one.name} shown={one} />)}
          </ul>
        )}
      </Group>
      <AddServer />
    </>
  );
}

function together(endpoints: readonly Endpoint[], agreed: readonly Consent[]): Shown[] {
  const named = endpoints.map((endpoint) => ({ name: endpoint.name, endpoint, consent: agreed.find((one) => one.endpoint === endpoint.name) ?? null }));
  const found = agreed.filter((one) => !endpoints.some((endpoint) => endpoint.name === one.endpoint));
  return [...named, ...found.map((consent) => ({ name: consent.endpoint, endpoint: null, consent }))];
}

async function doing(what: () => Promise<unknown>, said: string): Promise<void> {
  try {
    await what();
    toast(said);
  } catch (error) {
    problem(error);
  }
  await refreshModels();
}

function Row({ shown }: { shown: Shown }): ReactNode {
  const { name, endpoint, consent } = shown;
  const [result, setResult] = useState<EndpointTest | null>(null);
  return (
    <li className="grid gap-2 p-3.5" data-testid="endpoint" data-name={name}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2.5">
        <div className="min-w-56 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium [overflow-wrap:anywhere]">{name}</span>
            <Place consent={consent} />
          </p>
          <p className="font-mono text-xs text-muted [overflow-wrap:anywhere]">{endpoint?.base_url ?? tm('endpoints.found')}</p>
          {endpoint && <p className="text-sm text-muted">{factsOf(endpoint, consent).join(' · ')}</p>}
          {consent && <p className="text-sm text-muted">{sentenceOf(consent)}</p>}
        </div>
        <div className="flex flex-wrap gap-1.5">
          <TestButton id={endpoint?.id ?? name} name={name} onResult={setResult} />
          {consent && <Agreement consent={consent} />}
          <Remove endpoint={endpoint} />
        </div>
      </div>
      {endpoint && <AnswersAtOnce key={endpoint.most_at_once} endpoint={endpoint} />}
      {result && <Result result={result} />}
    </li>
  );
}

/** How many answers a server makes at once; nothing is no limit. */
function AnswersAtOnce({ endpoint: { name, most_at_once: most } }: { endpoint: Endpoint }): ReactNode {
  const [typed, setTyped] = useState(most === null ? '' : String(most));
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = typed === '' ? null : Number(typed);
    void doing(() => limitAnswers(name, wanted), wanted === null ? tm('endpoints.unlimited', { name }) : tm('endpoints.limited', { name, n: wanted }));
  };
  return (
    <form className="flex flex-wrap items-center gap-2 text-sm" onSubmit={save} data-testid="at-once">
      <label htmlFor={`at-once-${name}`} className="text-muted">{tm('endpoints.atOnce')}</label>
      <input id={`at-once-${name}`} type="number" min={1} max={100000} step={1} value={typed} placeholder={tm('endpoints.noLimit')} onChange={(event) => setTyped(event.target.value)} className="min-h-8 w-28 rounded-lg border border-edge bg-surface px-2.5" />
      {typed !== (most === null ? '' : String(most)) && <Button type="submit" className="min-h-8 px-2.5">{t('save')}</Button>}
    </form>
  );
}

function factsOf(endpoint: Endpoint, consent: Consent | null): string[] {
  const wires: Record<string, string> = { openai: tm('endpoints.openai'), ollama: tm('endpoints.ollama'), anthropic: tm('endpoints.anthropic'), google: tm('endpoints.google') };
  const facts = [wires[endpoint.wire] ?? endpoint.wire, consent?.in_force === false ? null : tm('endpoints.has', { n: endpoint.models }), endpoint.has_key ? tm('endpoints.hasKey') : null];
  return facts.filter((fact) => fact !== null);
}

function Place({ consent }: { consent: Consent | null }): ReactNode {
  if (!consent) return <Badge tone="good">{tm('endpoints.here')}</Badge>;
  const [tone, text] = ((): [Tone, string] => {
    if (consent.in_force) return ['good', tm('endpoints.agreed')];
    return consent.consented ? ['bad', tm('endpoints.blocked')] : ['warn', tm('endpoints.notAgreed')];
  })();
  return <Badge tone={tone}>{text}</Badge>;
}

function sentenceOf(consent: Consent): string {
  const where = consent.relayed ? `${tm('endpoints.relayed', { place: consent.place })} ` : '';
  if (!consent.consented) return where + tm('endpoints.notAgreedLead');
  if (!consent.in_force) return where + tm('endpoints.blockedLead');
  return where + (consent.given_at ? tm('endpoints.agreedAt', { time: fullTime(consent.given_at) }) : tm('endpoints.agreedSettings'));
}

function Agreement({ consent }: { consent: Consent }): ReactNode {
  const { endpoint: name, place } = consent;
  if (!consent.consented) {
    return (
      <Confirm
        trigger={<Button className="min-h-8 px-2.5" aria-label={tm('endpoints.agreeName', { name })}>{t('endpoints.agree')}</Button>}
        title={t('agree.title', { name })}
        detail={t('agree.detail', { name, place })}
        action={t('agree.action', { name })}
        look="primary"
        onConfirm={() => void doing(() => consents.give(name), t('agree.done', { name }))}
      />
    );
  }
  if (consent.from_settings) return null;
  return (
    <Confirm
      trigger={<Button className="min-h-8 px-2.5" aria-label={tm('endpoints.withdrawName', { name })}>{tm('endpoints.withdraw')}</Button>}
      title={tm('endpoints.withdrawTitle', { name })}
      detail={tm('endpoints.withdrawDetail', { place })}
      action={tm('endpoints.withdraw')}
      onConfirm={() => void doing(() => consents.withdraw(name), tm('endpoints.withdrawn', { name }))}
    />
  );
}

function Remove({ endpoint }: { endpoint: Endpoint | null }): ReactNode {
  const id = endpoint?.id;
  if (!id) return null;
  const remove = async (): Promise<void> => {
    try {
      await client.endpoints.remove(id);
    } catch (error) {
      problem(error);
    }
    await refreshModels();
  };
  return (
    <Confirm
      trigger={<Button look="quiet" icon="trash" className="min-h-8 px-2.5">{t('remove')}</Button>}
      title={tm('endpoints.removeTitle', { name: endpoint.name })}
      detail={tm('endpoints.removeDetail')}
      action={t('remove')}
      onConfirm={() => void remove()}
    />
  );
}

function TestButton({ id, name, onResult }: { id: string; name: string; onResult: (result: EndpointTest | null) => void }): ReactNode {
  const [busy, setBusy] = useState(false);
  const test = async (): Promise<void> => {
    setBusy(true);
    onResult(null);
    try {
      onResult(await client.endpoints.test(id));
    } catch (error) {
      problem(error);
    }
    setBusy(false);
  };
  return <Button className="min-h-8 px-2.5" aria-label={busy ? undefined : tm('endpoints.testName', { name })} disabled={busy} onClick={() => void test()}>{busy ? tm('endpoints.testing') : tm('endpoints.test')}</Button>;
}

function Result({ result }: { result: EndpointTest }): ReactNode {
  return (
    <p role="status" className={`text-sm [overflow-wrap:anywhere] ${result.ok ? 'text-accent' : 'text-danger'}`}>
      {result.ok ? tm('endpoints.ok', { ms: result.latency_ms ?? 0, detail: result.detail }) : result.detail}
      {result.code && <span className="block font-mono text-xs">{result.code}</span>}
    </p>
  );
}
