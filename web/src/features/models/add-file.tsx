/** A GGUF file of this browser's machine, copied to the server. */
import { useState, type ReactNode } from 'react';
import * as client from '@/api/client';
import { refreshModels } from '@/api/models';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { toast } from '@/lib/toasts';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

export function AddFile(): ReactNode {
  const [share, setShare] = useState<number | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const add = async (file: File): Promise<void> => {
    setShare(0);
    setRefused(null);
    try {
      const model = await client.models.addFile(file, setShare);
      toast(tm('models.added', { name: model.name }));
      await refreshModels();
    } catch (failure) {
      setRefused(failure instanceof Error ? `${file.name}: ${failure.message}` : String(failure));
    } finally {
      setShare(null);
    }
  };
  return (
    <Group id="file" title={t('getModel.file')} lead={tm('models.fileLead')}>
      <label className={`${CARD} flex min-h-12 cursor-pointer items-center gap-3 px-4 text-sm hover:bg-hover focus-within:outline-2 focus-within:outline-accent`}>
        <Icon name="file" />
        <span className="flex-1">{share === null ? tm('models.chooseFile') : tm('models.uploading', { n: Math.round(share * 100) })}</span>
        <input
          type="file"
          accept=".gguf"
          className="sr-only"
          data-testid="model-file"
          disabled={share !== null}
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) void add(file);
          }}
        />
      </label>
      {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refused}</p>}
    </Group>
  );
}
