/** Before a project goes to the trash: what becomes of everything in it. */
import { useState, type ReactNode } from 'react';
import type { ProjectDetail } from '@/api/projects';
import { remove } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';

export function RemoveDialog({ project, onClose }: { project: ProjectDetail; onClose: () => void }): ReactNode {
  const [too, setToo] = useState(false);
  const n = project.conversation_count;
  return (
    <Dialog title={tp('project.removeTitle', { name: project.name })} open onClose={onClose}>
      <div className="grid gap-4 px-5 pt-1 pb-5" data-testid="remove-project">
        <ul className="grid list-disc gap-1 pl-5 text-sm">
          {!too && <li>{n > 0 ? tp('project.removeKeep', { n }) : tp('project.removeKeepNone')}</li>}
          {project.assistants.length > 0 && <li>{tp('project.removeAssistants', { n: project.assistants.length })}</li>}
          {project.files.length > 0 && <li>{tp('project.removeFiles', { n: project.files.length })}</li>}
          <li>{tp('project.removeBack')}</li>
        </ul>
        {n > 0 && (
          <label className="flex min-h-8 items-center gap-2.5 text-sm">
            <input type="checkbox" className="size-6 shrink-0 accent-accent" checked={too} onChange={(event) => setToo(event.target.checked)} />
            {tp('project.removeToo', { n })}
          </label>
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look="danger"
            onClick={() => {
              onClose();
              void remove(project.id, project.name, too ? 'delete' : 'keep');
            }}
          >
            {tp('project.removeAction')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
