/** What would fit this machine: memory at a context length and quantisation, an estimated speed, and a way to get it. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { catalogueQuery, isActive, ollamaQuery, pulls, pullsQuery } from '@/api/models';
import { queryClient } from '@/api/queries';
import type { CatalogueModel, Quantization } from '@/api/types';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { readableRate } from '@/lib/figures';
import { go } from '@/lib/place';
import { problem } from '@/lib/toasts';
import { Badge, type Tone } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

const CONTEXTS = [2048, 8192, 16_384, 32_768, 65_536, 131_072];
const QUANTIZATIONS: Quantization[] = ['Q4_0', 'Q4_K_M', 'Q5_K_M', 'Q6_K', 'Q8_0', 'F16'];
const TONES: Record<CatalogueModel['fits'], Tone> = { now: 'good', machine: 'warn', no: 'plain' };

export function CatalogueList(): ReactNode {
  const [context, setContext] = useState(8192);
  const [quantization, setQuantization] = useState<Quantization | ''>('');
  const [all, setAll] = useState(false);
  const { data, error, isPlaceholderData } = useQuery(catalogueQuery(context, quantization));
  const ollama = useQuery(ollamaQuery);
  const items = data?.items ?? [];
  const shown = all ? items : items.filter((item) => item.fits !== 'no');
  const hidden = items.length - shown.length;
  return (
    <Group id="ollama" title={tm('catalogue.title')} lead={tm('catalogue.lead')}>
      {ollama.data?.ok === false && <NoOllama reason={ollama.data.detail} />}
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Choice
          label={tm('catalogue.context')}
          value={String(context)}
          options={CONTEXTS.map((n) => ({ value: String(n), label: tm('catalogue.tokens', { n: n.toLocaleString() }) }))}
          onChange={(event) => setContext(Number(event.target.value))}
        />
        <Choice
          label={tm('catalogue.quantization')}
          value={quantization}
          options={[{ value: '', label: tm('catalogue.own') }, ...QUANTIZATIONS.map((one) => ({ value: one, label: one }))]}
          onChange={(event) => setQuantization(event.target.value as Quantization | '')}
        />
        <Choice
          label={tm('catalogue.show')}
          value={all ? 'all' : 'fits'}
          options={[{ value: 'fits', label: tm('catalogue.fitting') }, { value: 'all', label: tm('catalogue.all') }]}
          onChange={(event) => setAll(event.target.value === 'all')}
        />
      </div>
      {error && <p role="alert" className="text-danger">{error.message}</p>}
      {!data && !error && <p className="text-sm text-muted">{t('loading')}</p>}
      {quantization !== '' && ollama.data?.ok && <p className="text-sm text-muted">{tm('catalogue.published')}</p>}
      {data && shown.length === 0 && <p role="status" className="text-sm text-muted">{tm('catalogue.nothing')}</p>}
      {shown.length > 0 && (
        <ul className={`${CARD} divide-y divide-line ${isPlaceholderData ? 'opacity-60' : ''}`} aria-busy={isPlaceholderData} data-testid="catalogue">
          {shown.map((item) => <Offer key={item.source} item={item} pulling={ollama.data?.ok === true} />)}
        </ul>
      )}
      {shown.length > 0 && hidden > 0 && <p className="text-sm text-muted">{tm('catalogue.hidden', { n: hidden })}</p>}
    </Group>
  );
}

function NoOllama({ reason }: { reason: string }): ReactNode {
  return (
    <div className="grid gap-2.5 rounded-xl bg-sunken p-4 text-sm" data-testid="no-ollama">
      <p>{tm('catalogue.ollama')}</p>
      <p className="text-muted">{tm('catalogue.noOllama', { reason })}</p>
      <div className="flex flex-wrap gap-2">
        <Button icon="again" onClick={() => void queryClient.invalidateQueries({ queryKey: ollamaQuery.queryKey })}>{tm('catalogue.again')}</Button>
        <Button look="quiet" onClick={() => go('/models/servers')}>{tm('catalogue.servers')}</Button>
      </div>
    </div>
  );
}

function Offer({ item, pulling }: { item: CatalogueModel; pulling: boolean }): ReactNode {
  const facts = [tm('catalogue.memory', { n: readableSize(item.memory_bytes) }), item.tokens_per_second ? tm('catalogue.speed', { n: readableRate(item.tokens_per_second) }) : null];
  return (
    <li className="grid gap-0.5 px-3.5 py-3" data-testid="offer" data-name={item.name}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <div className="min-w-48 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium [overflow-wrap:anywhere]">{item.model}</span>
            <Badge tone={TONES[item.fits]}>{t(`catalogue.fits.${item.fits}`)}</Badge>
          </p>
          <p className="text-sm text-muted [overflow-wrap:anywhere]">{item.name} · {readableCount(item.parameters)} · {item.quantization}</p>
        </div>
        <Get item={item} pulling={pulling} />
      </div>
      <details className="group/more text-sm">
        <summary className="flex min-h-6 w-fit cursor-pointer items-center gap-1.5 tabular-nums">
          {facts.filter((fact) => fact !== null).join(' · ')}
          <span className="-rotate-90 text-muted transition-transform group-open/more:rotate-0"><Icon name="chevron" size={14} /></span>
        </summary>
        <ul className="mt-1 grid gap-1 border-l-2 border-line pl-3 text-[0.8125rem] text-muted [overflow-wrap:anywhere]">
          <li>{item.fit_reason}</li>
          <li>{tm('catalogue.weights', { n: readableSize(item.weights_bytes), context: item.own_context_length.toLocaleString() })}</li>
          <li>{item.speed_method}</li>
          {item.sources.map((source) => <li key={source}>{tm('catalogue.source', { name: source })}</li>)}
        </ul>
      </details>
    </li>
  );
}

function Get({ item, pulling }: { item: CatalogueModel; pulling: boolean }): ReactNode {
  const active = useQuery(pullsQuery).data?.items.some((pull) => pull.source === item.source && isActive(pull));
  const start = async (): Promise<void> => {
    try {
      await pulls.start({ source: item.source });
    } catch (error) {
      problem(error);
    }
    await queryClient.invalidateQueries({ queryKey: pullsQuery.queryKey });
  };
  if (item.here) return <Badge tone="good">{tm('catalogue.here')}</Badge>;
  if (active) return <Badge>{tm('catalogue.pulling')}</Badge>;
  if (!pulling) return null;
  return <Button icon="import" className="min-h-8 px-3" aria-label={tm('catalogue.pullNamed', { model: item.model })} onClick={() => void start()}>{tm('catalogue.pull')}</Button>;
}

/** How many parameters, as people say it: 8.2B. */
function readableCount(parameters: number): string {
  return parameters >= 0.95e9 ? `${readableRate(parameters / 1e9)}B` : `${readableRate(parameters / 1e6)}M`;
}
