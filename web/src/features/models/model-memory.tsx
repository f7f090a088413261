/** What a model takes of memory and what for, whether that fits, and how long it stays there. */
import { useState, type FormEvent, type ReactNode } from 'react';
import { memory as memoryCalls, refreshModels } from '@/api/models';
import type { ModelFacts } from '@/api/types';
import { presence } from '@/features/models/model-actions';
import { FactList } from '@/features/models/fact-list';
import { to } from '@/features/models/model-texts';
import { nameOf } from '@/features/models/names';
import { tm } from '@/features/models/texts';
import { readableSize } from '@/lib/bytes';
import { toast } from '@/lib/toasts';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

type Taken = ModelFacts['memory'];
type Parts = NonNullable<Taken['parts']>;

export function Memory({ facts: { memory } }: { facts: ModelFacts }): ReactNode {
  const n = memory.bytes === null ? '' : readableSize(memory.bytes);
  return (
    <Group id="memory" title={to('one.memory')}>
      <div className={`${CARD} grid gap-3 px-4 py-3`} data-testid="memory">
        <div className="grid gap-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            {memory.bytes === null ? <span className="text-muted italic">{to('one.unknown')}</span> : <span>{memory.measured ? to('one.memoryMeasured', { n }) : to('one.memoryEstimated', { n })}</span>}
            {memory.fits !== null && <Badge tone={memory.fits ? 'good' : 'warn'}>{memory.fits ? to('one.fits') : to('one.fitsNot')}</Badge>}
          </p>
          {memory.why && <p className="text-sm text-muted"><Sentence text={memory.why} /></p>}
        </div>
        {memory.parts && <Bar parts={memory.parts} />}
      </div>
      {memory.parts && <PartList parts={memory.parts} />}
    </Group>
  );
}

const PARTS = ['weights', 'cache', 'compute', 'process'] as const;
const COLOURS: Record<(typeof PARTS)[number], string> = { weights: 'bg-accent', cache: 'bg-warn', compute: 'bg-muted', process: 'bg-edge' };

/** The parts beside each other; the numbers are in the list below. */
function Bar({ parts }: { parts: Parts }): ReactNode {
  return (
    <span aria-hidden="true" className="flex h-2.5 gap-px overflow-hidden rounded-full bg-hover">
      {PARTS.map((part) => <span key={part} className={COLOURS[part]} style={{ width: `${((parts[part] ?? 0) / parts.total) * 100}%` }} />)}
    </span>
  );
}

function PartList({ parts }: { parts: Parts }): ReactNode {
  const rows = PARTS.map((part) => ({
    id: part,
    name: to(`one.part.${part}`),
    value: (
      <span className="inline-flex items-center gap-2">
        <span aria-hidden="true" className={`size-2.5 rounded-full ${COLOURS[part]}`} />
        {parts[part] === null ? to('one.unknown') : readableSize(parts[part])}
      </span>
    ),
    unknown: parts[part] === null,
  }));
  return (
    <div className="grid gap-2">
      <p className="text-sm text-muted">{parts.tokens === null ? to('one.memoryPartsAny') : to('one.memoryParts', { n: parts.tokens.toLocaleString() })}</p>
      <FactList testId="memory-parts" rows={[...rows, { id: 'total', name: to('one.part.total'), value: readableSize(parts.total) }]} />
    </div>
  );
}

/** How long it stays and why, and for how long it is kept this time. */
export function Stays({ facts, stays }: { facts: ModelFacts; stays: NonNullable<ModelFacts['stays']> }): ReactNode {
  const { loaded, model } = facts;
  const there = loaded !== null || model.loaded === true;
  return (
    <Group id="stays" title={to('one.stays')}>
      <div className={`${CARD} grid gap-3 px-4 py-3`} data-testid="stays">
        <div className="grid gap-1 text-sm">
          <p>{there ? to('one.staysIn') : to('one.staysOut')} {loaded && presence(loaded).join(' · ')}</p>
          <p className="text-muted"><Sentence text={stays.why} /></p>
        </div>
        <Keep facts={facts} there={there} />
      </div>
    </Group>
  );
}

function Keep({ facts: { model }, there }: { facts: ModelFacts; there: boolean }): ReactNode {
  const [time, setTime] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const keep = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await memoryCalls.load(model.ref, time.trim());
      toast(time.trim() === '' ? tm('loading.loaded', { model: nameOf(model) }) : to('one.kept'));
      setTime('');
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
    await refreshModels();
    setBusy(false);
  };
  return (
    <form className="grid gap-2" onSubmit={(event) => void keep(event)}>
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-48 flex-1">
          <Field label={to('one.keep')} hint={to('one.keepHint')} value={time} maxLength={40} placeholder="1h30m" autoComplete="off" spellCheck={false} onChange={(event) => setTime(event.target.value)} />
        </div>
        <Button type="submit" className="sm:mt-6.5" disabled={busy}>{busy ? tm('loading.loading') : there ? to('one.keepOn') : to('one.keepLoad')}</Button>
      </div>
      {refused && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]"><Sentence text={refused} /></p>}
    </form>
  );
}
