/** What a person typed beside what somebody else stored meanwhile. */
import { useEffect, type ReactNode } from 'react';
import type { Part } from '@/api/assistants';
import { isWide } from '@/features/assistants/facet-field';
import type { FormField } from '@/features/assistants/fields';
import { fieldName, partName, plainValue, ta } from '@/features/assistants/words';
import { announce } from '@/lib/announce';
import { Button } from '@/ui/button';
import { DiffView } from '@/ui/editor/diff-view';

interface ConflictProps {
  part: Part;
  /** Those that both changed. */
  fields: readonly FormField[];
  mine: Readonly<Record<string, string>>;
  stored: (field: string) => string;
  onMine: () => void;
  onTheirs: () => void;
  onBoth: () => void;
}

export function Conflict({ part, fields, mine, stored, onMine, onTheirs, onBoth }: ConflictProps): ReactNode {
  const title = ta('conflict.title', { facet: partName(part) });
  useEffect(() => announce(title), [title]);
  return (
    <section data-testid="conflict" className="grid scroll-mt-4 gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="text-sm">{ta('conflict.detail')}</p>
      </div>
      {fields.map((field) => (
        <div key={field.field} className="grid gap-1.5" data-testid="contested" data-field={field.field}>
          <h3 className="text-sm font-medium">{fieldName(field.field)}</h3>
          {isWide(field) ? (
            <DiffView before={stored(field.field)} after={mine[field.field] ?? ''} label={fieldName(field.field)} />
          ) : (
            <dl className="grid gap-2 sm:grid-cols-2">
              <Side name={ta('conflict.mine')} value={mine[field.field] ?? ''} />
              <Side name={ta('conflict.theirs')} value={stored(field.field)} />
            </dl>
          )}
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={onMine}>{ta('conflict.saveMine')}</Button>
        <Button onClick={onTheirs}>{ta('conflict.takeTheirs')}</Button>
        <Button look="quiet" onClick={onBoth}>{ta('conflict.goOn')}</Button>
      </div>
    </section>
  );
}

function Side({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2 text-sm">
      <dt className="text-[0.8125rem] text-muted">{name}</dt>
      <dd className="[overflow-wrap:anywhere] whitespace-pre-wrap">{value === 'true' || value === 'false' ? plainValue(value === 'true') : plainValue(value)}</dd>
    </div>
  );
}
