/** The assistants that work in a project. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { assistantNamesQuery, projects, type NamedAssistant, type ProjectDetail } from '@/api/projects';
import { change, takeOut } from '@/features/projects/doing';
import { tp } from '@/features/projects/words';

import { Button } from '@/ui/button';
import { INPUT } from '@/ui/field';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';

export function Assistants({ project }: { project: ProjectDetail }): ReactNode {
  return (
    <Group title={tp('project.assistants')} lead={tp('project.assistantsLead')}>
      {project.assistants.length === 0 && <p className="text-sm text-muted">{tp('project.assistantsNone')}</p>}
      {project.assistants.length > 0 && (
        <ul className={`${CARD} divide-y divide-line`} data-testid="project-assistants">
          {project.assistants.map((one) => (
            <li key={one.id} className="flex items-center gap-3 py-2 pr-2 pl-4">
              <span className="text-muted"><Icon name="spark" /></span>
              <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{one.name}</span>
              <Button look="quiet" aria-label={tp('project.takeOutOne', { name: one.name })} onClick={() => void takeOut(project.id, { assistants: [one.id] }, one.name)}>{tp('project.takeOut')}</Button>
            </li>
          ))}
        </ul>
      )}
      <Add project={project} />
    </Group>
  );
}

function Add({ project }: { project: ProjectDetail }): ReactNode {
  const { data } = useQuery(assistantNamesQuery);
  const [chosen, setChosen] = useState('');
  const id = useId();
  const inside = new Set(project.assistants.map((one) => one.id));
  const others = (data?.items ?? []).filter((one) => !inside.has(one.id));
  if (data && others.length === 0) return <p className="text-sm text-muted">{tp('project.assistantNobody')}</p>;
  const add = async (one: NamedAssistant): Promise<void> => {
    setChosen('');
    await change(projects.put(project.id, { assistants: [one.id] }), tp('project.added', { name: one.name }), () => projects.takeOut(project.id, { assistants: [one.id] }));
  };
  const one = others.find((other) => other.id === chosen);
  return (
    <div className="grid gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">{tp('project.assistantAdd')}</label>
      <div className="flex gap-2">
        <select id={id} className={`${INPUT} max-w-96`} value={chosen} onChange={(event) => setChosen(event.target.value)}>
          <option value="">{tp('project.assistantChoose')}</option>
          {others.map((other) => <option key={other.id} value={other.id}>{other.name}</option>)}
        </select>
        <Button disabled={!one} onClick={() => one && void add(one)}>{tp('project.assistantAddOne')}</Button>
      </div>
    </div>
  );
}
