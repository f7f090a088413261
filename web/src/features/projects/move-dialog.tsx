/** Moving a conversation: into a project that is there, a new one, or none. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { projects, projectsQuery } from '@/api/projects';
import { move } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import type { Moving } from '@/lib/moving';
import { Dialog } from '@/ui/dialog';
import { INPUT } from '@/ui/field';
import { Icon, type IconName } from '@/ui/icons';
import { Reading, Refused } from '@/ui/reading';

const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim().replace(/\s+/g, ' ');

export default function MoveDialog({ moved, onClose }: { moved: Moving; onClose: () => void }): ReactNode {
  const { data, error, refetch } = useQuery(projectsQuery);
  const [text, setText] = useState('');
  const [refused, setRefused] = useState<string | null>(null);
  const wanted = folded(text);
  const found = data?.filter((one) => folded(one.name).includes(wanted)) ?? [];
  const exact = data?.some((one) => folded(one.name) === wanted) ?? true;
  const to = (project: { id: string; name: string } | null): void => {
    onClose();
    if (project?.id !== (moved.projectId ?? undefined)) void move(moved.id, moved.projectId, project);
  };
  const make = async (): Promise<void> => {
    try {
      to(await projects.create({ name: text.trim() }));
    } catch (failure) {
      setRefused(failure instanceof Error ? failure.message : String(failure));
    }
  };
  return (
    <Dialog title={tp('move.title', { title: moved.title })} open onClose={onClose}>
      <div className="grid min-h-0 grid-rows-[auto_auto_minmax(0,1fr)] gap-3 px-5 pt-1 pb-5" data-testid="move-dialog">
        <input
          autoFocus
          aria-label={tp('move.filter')}
          placeholder={tp('move.filter')}
          className={INPUT}
          maxLength={120}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            const [first] = found;
            if (event.key !== 'Enter' || event.nativeEvent.isComposing || wanted === '') return;
            event.preventDefault();
            if (first) to(first);
            else void make();
          }}
        />
        {refused && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">{refused}</p>}
        {error && !data && <Refused error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Reading what={t('projects.title')} />}
        {data && (
          <ul className="-mx-2 min-h-0 overflow-y-auto" aria-label={tp('move.choose')}>
            {wanted === '' && moved.projectId !== null && <Row icon="close" label={tp('move.none')} onPick={() => to(null)} />}
            {found.map((one) => <Row key={one.id} icon="folder" label={one.name} current={one.id === moved.projectId} onPick={() => to(one)} />)}
            {!exact && wanted !== '' && <Row icon="plus" label={tp('move.new', { name: text.trim() })} onPick={() => void make()} />}
          </ul>
        )}
        {data?.length === 0 && wanted === '' && <p className="text-sm text-muted">{tp('projects.noneLead')}</p>}
      </div>
    </Dialog>
  );
}

function Row({ icon, label, current = false, onPick }: { icon: IconName; label: string; current?: boolean; onPick: () => void }): ReactNode {
  return (
    <li>
      <button type="button" aria-current={current ? 'true' : undefined} onClick={onPick} className="flex min-h-10 w-full items-center gap-2.5 rounded-lg px-3 text-left text-sm hover:bg-hover">
        <span className="text-muted"><Icon name={icon} size={17} /></span>
        <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{label}</span>
        {current && <Icon name="check" size={16} />}
      </button>
    </li>
  );
}
