/** Lets a model answer in the place of another one, after saying what that does; shows the way where it is switched off. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { allowSwaps, refreshModels, roleQuery, swap } from '@/api/models';
import { modelsQuery, queryClient } from '@/api/queries';
import type { Model } from '@/api/types';
import { nameOf } from '@/features/models/names';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import type { Fit } from '@/lib/figures';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Choice } from '@/ui/field';

const ROLE = 'chat';

interface SwapDialogProps {
  model: Model;
  fit: Fit;
  inMemory: boolean;
  onClose: () => void;
}

export function SwapDialog({ model, fit, inMemory, onClose }: SwapDialogProps): ReactNode {
  const models = useQuery(modelsQuery).data?.items ?? [];
  const allowed = useQuery(roleQuery(ROLE)).data?.hot_swap;
  const [from, setFrom] = useState(ROLE);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const name = nameOf(model);
  const others = models.filter((one) => one.kind === 'chat' && one.ref !== model.ref && one.provider !== 'builtin');
  const options = [{ value: ROLE, label: tm('default.automatic') }, ...others.map((one) => ({ value: one.ref, label: one.ref }))];
  const act = async (what: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setRefused(null);
    try {
      await what();
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const change = (): Promise<void> =>
    act(async () => {
      await swap(from, model.ref);
      toast(tm('swap.done', { model: name }));
      onClose();
      await refreshModels();
    });
  return (
    <Dialog title={tm('swap.title', { model: name })} open onClose={onClose}>
      <div className="grid gap-4 overflow-y-auto px-5 pt-1 pb-5">
        <Choice label={tm('swap.instead')} value={from} options={options} onChange={(event) => setFrom(event.target.value)} />
        <ul className="grid list-disc gap-1 pl-5 text-sm text-muted">
          {effects(model, fit, inMemory).map((effect) => <li key={effect}>{effect}</li>)}
        </ul>
        {allowed === false && <SwitchOn busy={busy} onSwitch={() => void act(switchOn)} />}
        {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refused}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button look="primary" disabled={busy || allowed !== true} onClick={() => void change()}>{busy ? tm('swap.doing') : tm('swap.do')}</Button>
        </div>
      </div>
    </Dialog>
  );
}

function effects(model: Model, fit: Fit, inMemory: boolean): string[] {
  const name = nameOf(model);
  const { memory_bytes: bytes } = model;
  const loads = bytes === null ? tm('swap.loads', { model: name }) : tm('swap.loadsTakes', { model: name, n: readableSize(bytes) });
  return [
    ...(model.loaded !== null && !inMemory ? [loads] : []),
    ...(fit.fits === false && !inMemory ? [tm('swap.tight')] : []),
    ...(model.local ? [] : [tm('swap.sends', { endpoint: model.endpoint })]),
    tm('swap.ends'),
    tm('swap.holds'),
  ];
}

function SwitchOn({ busy, onSwitch }: { busy: boolean; onSwitch: () => void }): ReactNode {
  return (
    <div className="grid justify-items-start gap-2 rounded-lg bg-warn-soft p-3.5 text-sm text-warn" data-testid="swap-off">
      <p><strong className="font-semibold">{tm('swap.off')}</strong> {tm('swap.offHow')}</p>
      <Button className="text-ink" disabled={busy} onClick={onSwitch}>{tm('swap.on')}</Button>
    </div>
  );
}

/** Writes that swapping is allowed, and says so where something stronger still forbids it. */
async function switchOn(): Promise<void> {
  await allowSwaps();
  const { hot_swap } = await queryClient.fetchQuery({ ...roleQuery(ROLE), staleTime: 0 });
  if (!hot_swap) throw new Error(tm('swap.stillOff'));
  await refreshModels();
}
