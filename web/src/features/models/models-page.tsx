/** The models there are, and three ways to get one. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import * as client from '@/api/client';
import { modelsQuery, queryClient } from '@/api/queries';
import type { Model, ModelList } from '@/api/types';
import { Endpoints } from '@/features/models/endpoints';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { Link, usePlace } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { CARD, Group, PlacePage } from '@/ui/page';

export default function ModelsPage(): ReactNode {
  const { data, error } = useQuery(modelsQuery);
  const { hash } = usePlace();
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView({ block: 'start' });
  }, [hash, data]);
  const refresh = async (): Promise<void> => {
    try {
      await client.models.refresh();
    } catch (failure) {
      problem(failure);
    }
    await queryClient.invalidateQueries({ queryKey: modelsQuery.queryKey });
  };
  return (
    <PlacePage title={t('action.models')} actions={<><MachineLink /><Button icon="again" onClick={() => void refresh()}>{t('models.refresh')}</Button></>}>
      <Group title={t('models.here')} lead={data && defaultLine(data)}>
        {error && <p role="alert" className="text-danger">{error.message}</p>}
        <ul className={`${CARD} divide-y divide-line`}>
          {data?.items.map((model) => (
            <Row key={model.ref} model={model} />
          ))}
        </ul>
      </Group>
      <Group id="ollama" title={t('getModel.ollama')} lead={t('models.ollamaLead')}>
        <p className="text-sm text-muted">{t('models.ollamaHow')}</p>
      </Group>
      <Endpoints />
      <AddFile />
    </PlacePage>
  );
}

function MachineLink(): ReactNode {
  return (
    <Link href="/settings/server#hardware" className="inline-flex min-h-9 items-center gap-2 rounded-lg px-3 text-sm font-medium text-muted hover:bg-hover hover:text-ink">
      <Icon name="screen" size={17} />
      {t('models.machine')}
    </Link>
  );
}

function defaultLine({ items, default: chosen }: ModelList): string {
  const model = items.find((item) => item.ref === chosen?.ref);
  return chosen && model ? t('models.default', { model: nameOf(model), reason: chosen.reason }) : t('models.noDefault');
}

function nameOf(model: Model): string {
  return model.provider === 'builtin' ? t('model.builtin') : model.name;
}

function Row({ model }: { model: Model }): ReactNode {
  const facts = [
    model.local ? t('model.local') : t('model.cloud'),
    model.context_length ? t('models.window', { n: model.context_length.toLocaleString() }) : null,
    model.vision ? t('models.vision') : null,
    model.tools ? t('models.tools') : null,
    model.raw_only ? t('mode.raw') : null,
    model.size_bytes ? readableSize(model.size_bytes) : null,
  ].filter((fact) => fact !== null);
  return (
    <li className="flex items-start gap-3 p-3.5">
      <span className={`mt-0.5 ${model.local ? 'text-accent' : 'text-warn'}`}><Icon name={model.local ? 'model' : 'cloud'} /></span>
      <div className="min-w-0 flex-1">
        <p className="font-medium [overflow-wrap:anywhere]">{nameOf(model)}</p>
        <p className="text-sm text-muted">{facts.join(' · ')}</p>
        {model.detail && <p className="text-sm text-muted">{model.detail}</p>}
        {model.fit_reason && <p className={`text-sm ${model.fits === false ? 'text-warn' : 'text-muted'}`}>{model.fit_reason}</p>}
      </div>
      {!model.available && <span className="rounded bg-danger-soft px-2 py-0.5 text-xs text-danger">{t('models.unavailable')}</span>}
    </li>
  );
}

function AddFile(): ReactNode {
  const [share, setShare] = useState<number | null>(null);
  const add = async (file: File): Promise<void> => {
    setShare(0);
    try {
      const model = await client.models.addFile(file, setShare);
      toast(t('models.added', { name: model.name }));
      await queryClient.invalidateQueries({ queryKey: modelsQuery.queryKey });
    } catch (failure) {
      problem(failure);
    } finally {
      setShare(null);
    }
  };
  return (
    <Group id="file" title={t('getModel.file')} lead={t('models.fileLead')}>
      <label className={`${CARD} flex min-h-12 cursor-pointer items-center gap-3 px-4 text-sm hover:bg-hover focus-within:outline-2 focus-within:outline-accent`}>
        <Icon name="file" />
        <span className="flex-1">{share === null ? t('models.chooseFile') : t('models.uploading', { n: Math.round(share * 100) })}</span>
        <input
          type="file"
          accept=".gguf"
          className="sr-only"
          disabled={share !== null}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) void add(file);
          }}
        />
      </label>
    </Group>
  );
}
