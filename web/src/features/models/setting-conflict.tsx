/** What a person typed beside what somebody else put into the file meanwhile. */
import { useEffect, type ReactNode } from 'react';
import { to } from '@/features/models/model-texts';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { Button } from '@/ui/button';

interface Side {
  id: string;
  name: string;
  mine: string;
  theirs: string;
}

interface SettingConflictProps {
  file: string;
  sides: readonly Side[];
  onMine: () => void;
  onTheirs: () => void;
  onBoth: () => void;
}

export function SettingConflict({ file, sides, onMine, onTheirs, onBoth }: SettingConflictProps): ReactNode {
  useEffect(() => announce(t('conflict.title', { name: file })), [file]);
  return (
    <section data-testid="conflict" className="grid gap-3 rounded-xl border border-warn bg-warn-soft p-4">
      <div>
        <h3 className="font-semibold">{t('conflict.title', { name: file })}</h3>
        <p className="text-sm">{to('set.conflict')}</p>
      </div>
      {sides.map(({ id, name, mine, theirs }) => (
        <div key={id} className="grid gap-1.5" data-testid="contested" data-setting={id}>
          <h4 className="text-sm font-medium">{name}</h4>
          <dl className="grid gap-2 sm:grid-cols-2">
            <Text name={to('set.yours')} value={mine} />
            <Text name={to('set.inFile')} value={theirs} />
          </dl>
        </div>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button look="primary" onClick={onMine}>{to('set.mine')}</Button>
        <Button onClick={onTheirs}>{t('conflict.theirs')}</Button>
        <Button look="quiet" onClick={onBoth}>{t('conflict.both')}</Button>
      </div>
    </section>
  );
}

function Text({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <div className="rounded-lg bg-surface px-3 py-2 text-sm">
      <dt className="text-[0.8125rem] text-muted">{name}</dt>
      <dd className={`[overflow-wrap:anywhere] ${value === '' ? 'text-muted italic' : ''}`}>{value === '' ? to('set.nothing') : value}</dd>
    </div>
  );
}
