/** Settings of the workspace: its models, and bringing conversations in. */
import { useState, type ReactNode } from 'react';
import * as client from '@/api/client';
import { queryClient } from '@/api/queries';
import type { ExportFormat, ImportResult } from '@/api/types';
import { t } from '@/i18n/t';
import { conversationHref, go, Link } from '@/lib/place';
import { problem } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

const FORMATS: ExportFormat[] = ['json', 'jsonl', 'markdown', 'openai'];

export default function WorkspaceSettings(): ReactNode {
  return (
    <>
      <Group title={t('action.models')} lead={t('settings.modelsLead')}>
        <Link href="/models" className={`${CARD} flex min-h-12 items-center gap-3 px-4 text-sm hover:bg-hover`}>
          <Icon name="model" />
          {t('model.manage')}
        </Link>
      </Group>
      <Import />
    </>
  );
}

function Import(): ReactNode {
  const [format, setFormat] = useState<ExportFormat>('json');
  const [done, setDone] = useState<ImportResult | null>(null);
  const bring = async (file: File): Promise<void> => {
    try {
      setDone(await client.conversations.import(file, format));
      await queryClient.invalidateQueries({ queryKey: ['conversations'] });
    } catch (error) {
      problem(error);
    }
  };
  return (
    <Group id="import" title={t('import.title')} lead={t('import.lead')}>
      <div className="grid max-w-md gap-3">
        <Choice label={t('import.format')} value={format} onChange={(event) => setFormat(event.target.value as ExportFormat)} options={FORMATS.map((one) => ({ value: one, label: t(`export.${one}`) }))} />
        <label className={`${CARD} flex min-h-12 cursor-pointer items-center gap-3 px-4 text-sm hover:bg-hover focus-within:outline-2 focus-within:outline-accent`}>
          <Icon name="import" />
          <span>{t('import.choose')}</span>
          <input
            type="file"
            className="sr-only"
            data-testid="import-input"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void bring(file);
              event.target.value = '';
            }}
          />
        </label>
        {done && <Report result={done} />}
      </div>
    </Group>
  );
}

function Report({ result }: { result: ImportResult }): ReactNode {
  const open = (): void => go(conversationHref(result.conversation_id));
  return (
    <div role="status" className="grid gap-2 rounded-xl bg-accent-soft p-4 text-sm">
      <p>{t('import.done', { n: result.report.messages })}</p>
      {result.report.notes.length > 0 && (
        <ul className="list-disc pl-5">
          {result.report.notes.map((note, i) => (
            <li key={i}>{note}</li>
          ))}
        </ul>
      )}
      <Button className="justify-self-start" onClick={open}>{t('import.open')}</Button>
    </div>
  );
}
