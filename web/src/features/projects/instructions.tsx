/**
 * What every answer in a project is told. What is written and not saved stays in this browser; when somebody else was
 * faster, both texts are shown and the person chooses.
 */
import { useEffect, useId, useState, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { projectQuery, projects, refreshProjects, type ProjectDetail } from '@/api/projects';
import { queryClient } from '@/api/queries';
import { UNDO_MS } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { readSaved, writeSaved } from '@/lib/saved';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { DiffView } from '@/ui/editor/diff-view';
import { INPUT } from '@/ui/field';
import { Group } from '@/ui/page';

interface Draft {
  text: string;
  /** The text that the draft began from. */
  from: string;
}

/** The text being written: the server's, until something else is typed. */
function useDraft(id: string, loaded: string): [Draft | null, (draft: Draft | null) => void] {
  const key = `draft.project.${id}`;
  const [kept, setKept] = useState<Draft | null>(() => readSaved<Draft | null>(key, null));
  const keep = (draft: Draft | null): void => {
    setKept(draft);
    writeSaved(key, draft);
  };
  return [kept !== null && kept.text !== loaded ? kept : null, keep];
}

export function Instructions({ project }: { project: ProjectDetail }): ReactNode {
  const loaded = project.instructions ?? '';
  const [draft, keep] = useDraft(project.id, loaded);
  const [refused, setRefused] = useState<string | null>(null);
  const [saving, setSaving] = useState(false);
  const id = useId();
  const conflict = draft !== null && draft.from !== loaded;
  const save = async (): Promise<void> => {
    if (draft === null) return;
    setSaving(true);
    setRefused(null);
    try {
      const after = await projects.change(project.id, { instructions: draft.text, version: project.version });
      queryClient.setQueryData(projectQuery(project.id).queryKey, after);
      keep(null);
      toast(tp('project.saved'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) await refreshProjects();
      else if (error instanceof ApiError && error.status < 500 && !error.offline) setRefused(error.message);
      else problem(error);
    } finally {
      setSaving(false);
    }
  };
  const discard = (): void => {
    const before = draft;
    keep(null);
    setRefused(null);
    toast(tp('project.discarded'), { action: { label: t('undo'), run: () => keep(before) }, ms: UNDO_MS });
  };
  return (
    <Group title={tp('project.instructions')} lead={tp('project.instructionsLead')}>
      {conflict && <Conflict mine={draft.text} theirs={loaded} onMine={() => void save()} onTheirs={discard} onBoth={() => keep({ ...draft, from: loaded })} />}
      <textarea
        aria-label={tp('project.instructionsLabel')}
        aria-describedby={`${id}-state`}
        data-testid="instructions"
        placeholder={tp('project.instructionsHint')}
        rows={Math.min(14, Math.max(4, (draft?.text ?? loaded).split('\n').length + 1))}
        maxLength={200_000}
        className={`${INPUT} resize-y py-2`}
        value={draft?.text ?? loaded}
        onChange={(event) => keep({ text: event.target.value, from: draft?.from ?? loaded })}
        onKeyDown={(event) => {
          if (event.key === 's' && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            void save();
          }
        }}
      />
      {refused && <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">{refused}</p>}
      <div className={`flex flex-wrap items-center justify-end gap-2 ${draft === null ? '-mt-3' : ''}`}>
        <p id={`${id}-state`} role="status" className="flex-1 text-sm text-muted">{draft !== null && tp('project.unsaved')}</p>
        {draft !== null && <Button look="quiet" onClick={discard}>{tp('project.discard')}</Button>}
        {draft !== null && <Button look="primary" disabled={saving || conflict} onClick={() => void save()}>{t('save')}</Button>}
      </div>
    </Group>
  );
}

interface ConflictProps {
  mine: string;
  theirs: string;
  onMine: () => void;
  onTheirs: () => void;
  onBoth: () => void;
}

function Conflict({ mine, theirs, onMine, onTheirs, onBoth }: ConflictProps): ReactNode {
  const title = tp('project.changedMeanwhile');
  useEffect(() => announce(title), [title]);
  return (
    <section data-testid="conflict" className="grid gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <div>
        <h3 className="font-semibold">{title}</h3>
        <p className="text-sm">{tp('project.changedDetail')}</p>
      </div>
      <DiffView before={theirs} after={mine} label={t('conflict.diff')} />
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={onMine}>{t('conflict.mine')}</Button>
        <Button onClick={onTheirs}>{tp('project.takeTheirs')}</Button>
        <Button look="quiet" onClick={onBoth}>{t('conflict.both')}</Button>
      </div>
    </section>
  );
}
