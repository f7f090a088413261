/** The files of a project: chosen or dropped, told to every answer, taken out again. */
import { useRef, useState, type DragEvent, type ReactNode } from 'react';
import * as client from '@/api/client';
import { projects, refreshProjects, type ProjectDetail, type ProjectFile } from '@/api/projects';
import { takeOut } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';

import { readableSize } from '@/lib/bytes';
import { problem, toast } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

export function Files({ project }: { project: ProjectDetail }): ReactNode {
  return (
    <Group title={tp('project.files')} lead={tp('project.filesLead')}>
      {project.files.length === 0 && <p className="text-sm text-muted">{tp('project.filesNone')}</p>}
      {project.files.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`} data-testid="project-files">
          {project.files.map((file) => <Row key={file.id} file={file} projectId={project.id} />)}
        </ul>
      )}
      <Add projectId={project.id} />
    </Group>
  );
}

function Row({ file, projectId }: { file: ProjectFile; projectId: string }): ReactNode {
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 pr-2 pl-4" data-testid="project-file">
      <span className="text-muted"><Icon name="file" /></span>
      <a href={client.files.address(file.id)} download={file.name} className="min-h-6 min-w-32 flex-1 text-[0.9375rem] underline-offset-2 [overflow-wrap:anywhere] hover:underline">{file.name}</a>
      <span className="text-[0.8125rem] text-muted tabular-nums">{readableSize(file.size)}</span>
      <Badge tone={file.text ? 'good' : 'plain'}>{file.text ? tp('project.fileText') : tp('project.fileOther')}</Badge>
      <Button look="quiet" className="max-sm:ml-auto" aria-label={tp('project.takeOutOne', { name: file.name })} onClick={() => void takeOut(projectId, { files: [file.id] }, file.name)}>{tp('project.takeOut')}</Button>
    </li>
  );
}

interface Sending {
  name: string;
  share: number;
}

function Add({ projectId }: { projectId: string }): ReactNode {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [sending, setSending] = useState<Sending | null>(null);
  const add = async (files: File[]): Promise<void> => {
    for (const file of files) {
      setSending({ name: file.name, share: 0 });
      try {
        const stored = await client.files.add(file, (share) => setSending({ name: file.name, share })).done;
        await projects.put(projectId, { files: [stored.id] });
        toast(tp('project.added', { name: file.name }));
      } catch (error) {
        problem(error);
      }
    }
    setSending(null);
    await refreshProjects();
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void add([...event.dataTransfer.files]);
  };
  return (
    <div
      data-testid="drop-project-files"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-wrap items-center justify-center gap-3 rounded-xl border border-dashed px-4 py-4 ${over ? 'border-accent bg-accent-soft' : 'border-edge'}`}
    >
      <Button icon="plus" disabled={sending !== null} onClick={() => input.current?.click()}>{over ? tp('project.filesDrop') : tp('project.filesAdd')}</Button>
      {sending && <p role="status" className="text-sm text-muted">{tp('project.uploading', { name: sending.name, percent: Math.round(sending.share * 100) })}</p>}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-testid="project-file-input"
        onChange={(event) => {
          const chosen = [...(event.target.files ?? [])];
          event.target.value = '';
          void add(chosen);
        }}
      />
    </div>
  );
}
