/** Who answers a conversation that begins in a project. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState, type ReactNode } from 'react';
import { assistantNamesQuery, projectQuery, projects, type ProjectChange, type ProjectDetail } from '@/api/projects';
import { modelsQuery, queryClient } from '@/api/queries';
import { tp } from '@/features/projects/words';

import { problem, toast } from '@/lib/toasts';
import { Choice, Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

export function Beginnings({ project }: { project: ProjectDetail }): ReactNode {
  const change = async (wanted: ProjectChange): Promise<void> => {
    try {
      queryClient.setQueryData(projectQuery(project.id).queryKey, await projects.change(project.id, wanted));
      toast(tp('project.beginSaved'));
    } catch (error) {
      problem(error);
    }
  };
  return (
    <Group title={tp('project.begin')} lead={tp('project.beginLead')}>
      <div className={`${CARD} grid gap-4 p-4 sm:grid-cols-2`}>
        <WhichAssistant project={project} onChange={(assistant) => void change({ assistant })} />
        <WhichModel model={project.model} onChange={(model) => void change({ model })} />
      </div>
    </Group>
  );
}

function WhichAssistant({ project, onChange }: { project: ProjectDetail; onChange: (id: string | null) => void }): ReactNode {
  const { data } = useQuery(assistantNamesQuery);
  const { assistant, assistant_id: id } = project;
  const options = [{ value: '', label: tp('project.noAssistant') }, ...(data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))];
  if (id !== null && !options.some((one) => one.value === id)) options.push({ value: id, label: assistant?.name ?? tp('project.assistantGone') });
  return <Choice label={tp('project.assistant')} value={id ?? ''} options={options} onChange={(event) => onChange(event.target.value || null)} />;
}

function WhichModel({ model, onChange }: { model: string | null; onChange: (model: string | null) => void }): ReactNode {
  const { data } = useQuery(modelsQuery);
  const [value, setValue] = useState(model ?? '');
  const list = useId();
  useEffect(() => setValue(model ?? ''), [model]);
  const commit = (): void => {
    const wanted = value.trim();
    if (wanted !== (model ?? '')) onChange(wanted || null);
  };
  return (
    <div>
      <Field
        label={tp('project.model')}
        hint={tp('project.modelHint')}
        list={list}
        value={value}
        maxLength={300}
        autoComplete="off"
        onChange={(event) => setValue(event.target.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') setValue(model ?? '');
        }}
      />
      <datalist id={list}>{data?.items.filter((one) => one.provider !== 'builtin').map((one) => <option key={one.ref} value={one.ref} />)}</datalist>
    </div>
  );
}
