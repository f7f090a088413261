/** Choosing files, by the button or by dropping them, and beginning their import. Nothing is lost when it is refused. */
import { useState, type DragEvent, type FormEvent, type ReactNode } from 'react';
import { imports } from '@/api/imports';
import { ti } from '@/features/imports/words';
import { announce } from '@/lib/announce';
import { readableSize } from '@/lib/bytes';
import { Button, IconButton } from '@/ui/button';
import { Field } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

interface Sending {
  name: string;
  share: number;
}

export function Bring(): ReactNode {
  const [files, setFiles] = useState<File[]>([]);
  const [dryRun, setDryRun] = useState(false);
  const [secrets, setSecrets] = useState({ secretKey: '', salt: '' });
  const [sending, setSending] = useState<Sending | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const add = (more: Iterable<File>): void => {
    setRefusal(null);
    setFiles((all) => [...all, ...more]);
  };
  const begin = async (): Promise<void> => {
    setRefusal(null);
    try {
      const uploaded: string[] = [];
      for (const file of files) {
        setSending({ name: file.name, share: 0 });
        const upload = imports.upload(file, (share) => setSending({ name: file.name, share }));
        uploaded.push((await upload.done).id);
      }
      const given = secrets.secretKey || secrets.salt ? { secret_key: secrets.secretKey, salt: secrets.salt } : {};
      await imports.start({ files: uploaded, dry_run: dryRun, ...given });
      setFiles([]);
      setSecrets({ secretKey: '', salt: '' });
      announce(ti('imports.begun'));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setSending(null);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void begin();
  };
  return (
    <Group id="bring" title={ti('imports.bring')} lead={ti('imports.lead')}>
      <form className="grid gap-3" onSubmit={onSubmit}>
        <Dropping onFiles={add} />
        {files.length > 0 && <Chosen files={files} onRemove={(gone) => setFiles((all) => all.filter((one) => one !== gone))} />}
        {files.length > 0 && (
          <>
            <label className="flex min-h-8 items-center gap-2.5 text-sm">
              <input type="checkbox" className="size-6 shrink-0 accent-accent" checked={dryRun} onChange={(event) => setDryRun(event.target.checked)} />
              {ti('imports.dryRun')}
            </label>
            <details className="text-sm">
              <summary className="min-h-8 cursor-pointer py-1 text-muted hover:text-ink">{ti('imports.encrypted')}</summary>
              <div className="mt-2 grid max-w-md gap-3">
                <p className="text-muted">{ti('imports.encryptedLead')}</p>
                <Field label={ti('imports.secretKey')} type="password" autoComplete="off" value={secrets.secretKey} onChange={(event) => setSecrets({ ...secrets, secretKey: event.target.value })} />
                <Field label={ti('imports.salt')} type="password" autoComplete="off" value={secrets.salt} onChange={(event) => setSecrets({ ...secrets, salt: event.target.value })} />
              </div>
            </details>
            <Button type="submit" look="primary" icon="import" className="justify-self-start" disabled={sending !== null}>{ti(dryRun ? 'imports.try' : 'imports.start')}</Button>
          </>
        )}
        {sending && <p role="status" className="text-sm text-muted tabular-nums">{ti('imports.uploading', { name: sending.name, percent: Math.round(sending.share * 100) })}</p>}
        {refusal && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refusal}</p>}
      </form>
    </Group>
  );
}

function Dropping({ onFiles }: { onFiles: (files: Iterable<File>) => void }): ReactNode {
  const [over, setOver] = useState(false);
  const onDrag = (event: DragEvent): void => {
    event.preventDefault();
    setOver(true);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <label
      data-testid="drop-files"
      onDragEnter={onDrag}
      onDragOver={onDrag}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={`relative grid min-h-28 cursor-pointer place-items-center content-center gap-2 rounded-xl border border-dashed px-4 py-6 text-center text-sm hover:bg-hover focus-within:outline-2 focus-within:outline-accent ${over ? 'border-accent bg-accent-soft' : 'border-muted bg-surface'}`}
    >
      <Icon name="import" size={22} />
      <span>{ti(over ? 'imports.drop' : 'imports.choose')}</span>
      <input
        type="file"
        multiple
        className="sr-only"
        data-testid="import-files"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </label>
  );
}

function Chosen({ files, onRemove }: { files: File[]; onRemove: (file: File) => void }): ReactNode {
  return (
    <ul className={`${CARD} divide-y divide-line text-sm`} aria-label={ti('imports.chosen')}>
      {files.map((file, i) => (
        <li key={`${i} ${file.name}`} className="flex items-center gap-3 py-1.5 pr-2 pl-4">
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{file.name}</span>
          <span className="text-muted tabular-nums">{readableSize(file.size)}</span>
          <IconButton icon="close" label={ti('imports.remove', { name: file.name })} onClick={() => onRemove(file)} />
        </li>
      ))}
    </ul>
  );
}
