/** The files of a draft: stored ones can be removed, uploading ones cancelled. */
import type { ReactNode } from 'react';
import { files as fileRoutes } from '@/api/client';
import type { StoredFile } from '@/api/types';
import { detach, uploads } from '@/features/chat/uploads';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';
import { useStore } from '@/lib/store';
import { IconButton } from '@/ui/button';
import { Icon } from '@/ui/icons';

export function Attachments({ draftKey, files }: { draftKey: string; files: StoredFile[] }): ReactNode {
  const running = useStore(uploads).filter((one) => one.draft === draftKey);
  if (files.length === 0 && running.length === 0) return null;
  return (
    <ul aria-label={t('attach.list')} className="flex flex-wrap gap-2 px-3 pt-3">
      {files.map((file) => (
        <Chip key={file.id} name={file.name} detail={readableSize(file.size)} onRemove={() => detach(draftKey, file.id)} removeLabel={t('attach.remove', { name: file.name })}>
          {file.media_type.startsWith('image/') ? <img src={fileRoutes.address(file.id)} alt="" className="size-8 rounded-md object-cover" /> : <Icon name="file" />}
        </Chip>
      ))}
      {running.map((one) => (
        <Chip key={one.id} name={one.name} onRemove={one.abort} removeLabel={t('attach.cancel', { name: one.name })} detail={`${Math.round(one.share * 100)} %`}>
          <progress value={one.share} aria-label={t('attach.progress', { name: one.name })} className="h-1.5 w-8 accent-accent" />
        </Chip>
      ))}
    </ul>
  );
}

interface ChipProps {
  name: string;
  detail: string;
  removeLabel: string;
  onRemove: () => void;
  children: ReactNode;
}

function Chip({ name, detail, removeLabel, onRemove, children }: ChipProps): ReactNode {
  return (
    <li className="flex max-w-64 items-center gap-2 rounded-lg border border-line bg-sunken py-1 pr-1 pl-2 text-sm" data-testid="attachment">
      {children}
      <span className="min-w-0 flex-1 truncate">{name}</span>
      <span className="shrink-0 text-xs text-muted tabular-nums">{detail}</span>
      <IconButton icon="close" size={15} className="size-7" label={removeLabel} onClick={onRemove} />
    </li>
  );
}
