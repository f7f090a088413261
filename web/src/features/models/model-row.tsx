/** One model: what it can, what it takes, how it fared, what it costs, and what can be done with it. */
import { useState, type ReactNode } from 'react';
import { memory, refreshModels } from '@/api/models';
import type { Figure, LoadedModel, Model, RoleExplanation } from '@/api/types';
import { nameOf } from '@/features/models/names';
import { SwapDialog } from '@/features/models/swap-dialog';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { failuresOf, firstWordOf, fitOf, fitWords, readableMoney, speedOf, type Fit } from '@/lib/figures';
import { shortTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';
import { Icon } from '@/ui/icons';

interface ModelRowProps {
  model: Model;
  figure: Figure | undefined;
  loaded: LoadedModel | undefined;
  /** Now: the list of models is as old as the last look. */
  inMemory: boolean;
  considered: RoleExplanation['considered'] | undefined;
}

export function ModelRow({ model, figure, loaded, inMemory, considered }: ModelRowProps): ReactNode {
  const fit = fitOf(model, considered);
  return (
    <li className="grid gap-2 p-3.5" data-testid="model" data-ref={model.ref}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <span className={`mt-0.5 ${model.local ? 'text-accent' : 'text-warn'}`}><Icon name={model.local ? 'model' : 'cloud'} /></span>
        <div className="min-w-36 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium [overflow-wrap:anywhere]">{nameOf(model)}</span>
            <Badges model={model} inMemory={inMemory} />
          </p>
          <p className="text-sm text-muted">{abilities(model).join(' · ')}</p>
        </div>
        <Actions model={model} fit={fit} inMemory={inMemory} />
      </div>
      <Figures model={model} figure={figure} fit={fit} />
      {loaded && <p className="text-sm text-muted sm:pl-7.5">{presence(loaded).join(' · ')}</p>}
      {fit.reason && <p className={`text-sm sm:pl-7.5 ${fit.fits === false ? 'text-warn' : 'text-muted'}`}>{fit.reason}</p>}
    </li>
  );
}

function Badges({ model, inMemory }: { model: Model; inMemory: boolean }): ReactNode {
  return (
    <>
      <Badge tone={model.local ? 'good' : 'warn'}>{model.local ? t('model.local') : t('model.cloud')}</Badge>
      {model.kind !== 'chat' && <Badge>{t(`kind.${model.kind}`)}</Badge>}
      {model.raw_only && <Badge>{t('mode.raw')}</Badge>}
      {inMemory && <Badge tone="good">{tm('loading.inMemory')}</Badge>}
      {!model.available && <Badge tone="bad">{tm('models.unavailable')}</Badge>}
    </>
  );
}

function abilities(model: Model): string[] {
  const facts = [
    model.detail || null,
    model.context_length ? tm('models.window', { n: model.context_length.toLocaleString() }) : null,
    model.tools ? tm('models.tools') : null,
    model.vision ? tm('models.vision') : null,
    model.reasoning ? tm('models.reasoning') : null,
  ];
  return facts.filter((fact) => fact !== null);
}

function presence(loaded: LoadedModel): string[] {
  const facts = [
    loaded.memory_bytes ? tm('loading.takes', { n: readableSize(loaded.memory_bytes) }) : null,
    loaded.busy ? tm('loading.busy', { n: loaded.busy }) : null,
    loaded.until ? tm('loading.until', { time: shortTime(loaded.until) }) : null,
  ];
  return facts.filter((fact) => fact !== null);
}

/** Names and values of what is known; nothing where nothing is. */
function Figures({ model, figure, fit }: { model: Model; figure: Figure | undefined; fit: Fit }): ReactNode {
  const failed = failuresOf(figure);
  const price = figure?.price;
  const known: [string, string | null][] = [
    [tm('models.memory'), fitWords(model, fit)],
    [tm('models.speed'), speedOf(figure)],
    [tm('models.first'), firstWordOf(figure)],
    [tm('models.failures'), failed === null ? null : `${failed} %`],
    [tm('models.price'), price ? tm('models.priceValue', { input: readableMoney(price.input, price.currency), output: readableMoney(price.output, price.currency) }) : null],
  ];
  const shown = known.filter(([, value]) => value !== null);
  if (shown.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-1.5 sm:pl-7.5">
      {shown.map(([name, value]) => (
        <div key={name} title={name === tm('models.speed') ? figure?.estimated?.method : undefined}>
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="text-sm tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ model, fit, inMemory }: { model: Model; fit: Fit; inMemory: boolean }): ReactNode {
  const [swapping, setSwapping] = useState(false);
  const name = nameOf(model);
  const answers = model.kind === 'chat' && model.provider !== 'builtin';
  if (!answers) return null;
  return (
    <div className="ml-auto flex gap-1.5">
      {model.local && model.loaded !== null && <LoadButton model={model} fit={fit} there={inMemory} />}
      <Button look="quiet" icon="swap" className="min-h-8 px-2.5" aria-label={tm('swap.openName', { model: name })} onClick={() => setSwapping(true)}>
        <span className="max-sm:hidden">{tm('swap.open')}</span>
      </Button>
      {swapping && <SwapDialog model={model} fit={fit} inMemory={inMemory} onClose={() => setSwapping(false)} />}
    </div>
  );
}

function LoadButton({ model, fit, there }: { model: Model; fit: Fit; there: boolean }): ReactNode {
  const [busy, setBusy] = useState(false);
  const name = { model: nameOf(model) };
  const change = async (): Promise<void> => {
    setBusy(true);
    try {
      await (there ? memory.unload(model.ref) : memory.load(model.ref));
      toast(there ? tm('loading.unloaded', name) : tm('loading.loaded', name));
    } catch (error) {
      problem(error);
    }
    await refreshModels();
    setBusy(false);
  };
  if (busy) return <Button disabled className="min-h-8 px-2.5">{there ? tm('loading.unloading') : tm('loading.loading')}</Button>;
  return (
    <Confirm
      trigger={<Button className="min-h-8 px-2.5" aria-label={there ? tm('loading.nameUnload', name) : tm('loading.nameLoad', name)}>{there ? tm('loading.unload') : tm('loading.load')}</Button>}
      title={there ? tm('loading.unloadTitle', name) : tm('loading.loadTitle', name)}
      detail={there ? tm('loading.unloadDetail') : [fit.reason, tm('loading.loadDetail')].filter(Boolean).join(' ')}
      action={there ? tm('loading.unload') : tm('loading.load')}
      look="primary"
      onConfirm={() => void change()}
    />
  );
}
