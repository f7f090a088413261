/** What can be done with a model, and what is said of it in a word or two. */
import { useEffect, useState, type ReactNode } from 'react';
import { memory, refreshModels } from '@/api/models';
import type { LoadedModel, Model } from '@/api/types';
import { nameOf } from '@/features/models/names';
import { SwapDialog } from '@/features/models/swap-dialog';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import type { Fit } from '@/lib/figures';
import { createStore, useStore } from '@/lib/store';
import { shortTime } from '@/lib/time';
import { problem, toast } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Confirm } from '@/ui/confirm';

export function Badges({ model, inMemory }: { model: Model; inMemory: boolean }): ReactNode {
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

/** What is known of a model in memory, in a few words. */
export function presence(loaded: LoadedModel): string[] {
  const facts = [
    loaded.memory_bytes ? tm('loading.takes', { n: readableSize(loaded.memory_bytes) }) : null,
    loaded.busy ? tm('loading.busy', { n: loaded.busy }) : null,
    loaded.until ? tm('loading.until', { time: shortTime(loaded.until) }) : null,
  ];
  return facts.filter((fact) => fact !== null);
}

/** The model that somebody is asked about, whether it shall answer in the place of another. */
export const swapping = createStore<string | null>(null);

export function Actions({ model, fit, inMemory }: { model: Model; fit: Fit; inMemory: boolean }): ReactNode {
  const asked = useStore(swapping);
  useEffect(() => () => swapping.set(null), []);
  const name = nameOf(model);
  const answers = model.kind === 'chat' && model.provider !== 'builtin';
  if (!answers) return null;
  return (
    <div className="ml-auto flex gap-1.5">
      {model.local && model.loaded !== null && <LoadButton model={model} fit={fit} there={inMemory} />}
      <Button look="quiet" icon="swap" className="min-h-8 px-2.5" aria-label={tm('swap.openName', { model: name })} onClick={() => swapping.set(model.ref)}>
        <span className="max-sm:hidden">{tm('swap.open')}</span>
      </Button>
      {asked === model.ref && <SwapDialog model={model} fit={fit} inMemory={inMemory} onClose={() => swapping.set(null)} />}
    </div>
  );
}

/** Loads a model, or takes it out of memory where it is there, and says how that went. */
export async function changeMemory(model: Model, there: boolean): Promise<void> {
  const name = { model: nameOf(model) };
  try {
    await (there ? memory.unload(model.ref) : memory.load(model.ref));
    toast(there ? tm('loading.unloaded', name) : tm('loading.loaded', name));
  } catch (error) {
    problem(error);
  }
  await refreshModels();
}

function LoadButton({ model, fit, there }: { model: Model; fit: Fit; there: boolean }): ReactNode {
  const [busy, setBusy] = useState(false);
  const name = { model: nameOf(model) };
  const change = async (): Promise<void> => {
    setBusy(true);
    await changeMemory(model, there);
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
