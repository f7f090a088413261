/** The models there are, by the server they are at, and the one that answers by itself. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { figuresQuery, loadedQuery, roleQuery } from '@/api/models';
import { modelsQuery } from '@/api/queries';
import type { Model } from '@/api/types';
import { AnswersByItself } from '@/features/models/answers-by-itself';
import { ModelRow } from '@/features/models/model-row';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';

const MANY = 10;
const SHOWN = 8;

export function Here(): ReactNode {
  const { data, error } = useQuery(modelsQuery);
  const [text, setText] = useState('');
  const models = data?.items ?? [];
  const found = models.filter((model) => model.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <>
      <AnswersByItself />
      {error && <p role="alert" className="text-danger">{error.message}</p>}
      {!data && !error && <p className="text-sm text-muted">{t('loading')}</p>}
      {models.length > MANY && <Field label={tm('models.filter')} type="search" value={text} onChange={(event) => setText(event.target.value)} />}
      {models.length > 0 && found.length === 0 && <p role="status" className="text-sm text-muted">{tm('models.filterNone', { text: text.trim() })}</p>}
      {groups(found).map(([endpoint, all]) => (
        <Server key={endpoint} endpoint={endpoint} models={all} whole={text.trim() !== ''} />
      ))}
    </>
  );
}

/** The models by their server, in the order of the list; the built-in responder last. */
function groups(models: readonly Model[]): [string, Model[]][] {
  const found = new Map<string, Model[]>();
  for (const model of models) found.set(model.endpoint, [...(found.get(model.endpoint) ?? []), model]);
  return [...found].toSorted(([a], [b]) => Number(a === 'builtin') - Number(b === 'builtin'));
}

function titleOf(endpoint: string): string {
  if (endpoint === 'builtin') return tm('models.builtin');
  if (endpoint === 'llama_cpp') return tm('models.files');
  return endpoint === 'pool' ? tm('models.pools') : endpoint;
}

function Server({ endpoint, models, whole }: { endpoint: string; models: Model[]; whole: boolean }): ReactNode {
  const [open, setOpen] = useState(false);
  const figures = useQuery(figuresQuery).data?.items;
  const loaded = useQuery(loadedQuery).data?.items;
  const considered = useQuery(roleQuery('chat')).data?.considered;
  const shown = open || whole ? models : models.slice(0, SHOWN);
  return (
    <Group title={titleOf(endpoint)} lead={tm('models.count', { n: models.length })}>
      <ul className={`${CARD} divide-y divide-line`} data-testid="server" data-server={endpoint}>
        {shown.map((model) => (
          <ModelRow
            key={model.ref}
            model={model}
            figure={figures?.find((one) => one.ref === model.ref)}
            loaded={loaded?.find((one) => one.ref === model.ref)}
            inMemory={loaded ? loaded.some((one) => one.ref === model.ref) : model.loaded === true}
            considered={considered}
          />
        ))}
      </ul>
      {shown.length < models.length && <Button className="justify-self-start" onClick={() => setOpen(true)}>{tm('models.showAll', { n: models.length })}</Button>}
    </Group>
  );
}
