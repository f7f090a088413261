/** What an assistant was: every change, what is different from now, and the way back. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { assistants, differenceQuery, promptVersionQuery, versionsQuery, type AssistantFull, type Difference, type Effect, type Version } from '@/api/assistants';
import { change } from '@/features/assistants/doing';
import { fieldName, fieldValue, partName, plainValue, reasonWords, ta } from '@/features/assistants/words';
import { t } from '@/i18n/t';
import { fullTime } from '@/lib/time';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { DiffView } from '@/ui/editor/diff-view';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

interface VersionsProps {
  full: AssistantFull;
  effects: readonly Effect[];
}

export function Versions({ full, effects }: VersionsProps): ReactNode {
  const query = useInfiniteQuery(versionsQuery(full.id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Group title={ta('versions.title')} lead={ta('versions.lead')}>
      {query.error && !query.data && <Refused error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Reading what={ta('versions.title')} />}
      {items.length > 0 && (
        <ol className={`${CARD} divide-y divide-line`} aria-label={ta('versions.title')}>
          {items.map((one) => <Row key={one.number} version={one} full={full} effects={effects} />)}
        </ol>
      )}
      {query.hasNextPage && <Button className="justify-self-center" onClick={() => void query.fetchNextPage()}>{t('more')}</Button>}
    </Group>
  );
}

function Row({ version, full, effects }: VersionsProps & { version: Version }): ReactNode {
  const [open, setOpen] = useState(false);
  const now = version.number === full.revision;
  const n = version.number;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)] gap-3 p-3.5" data-testid="version" data-number={n}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-44 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium tabular-nums">{ta('versions.one', { n })}</span>
            {now && <Badge tone="good">{ta('versions.now')}</Badge>}
          </p>
          <p className="text-sm text-muted">
            {reasonWords(version.reason)} · {version.facets.map(partName).join(', ')} · {fullTime(version.created_at)}
          </p>
        </div>
        {!now && (
          <span className="flex flex-wrap gap-2">
            <Button aria-expanded={open} aria-label={ta(open ? 'versions.hideName' : 'versions.compareName', { n })} onClick={() => setOpen(!open)}>{ta(open ? 'versions.hide' : 'versions.compare')}</Button>
            <Button icon="undo" aria-label={ta('versions.restoreName', { n })} onClick={() => void bringBack(full, n, null)}>{ta('versions.restore')}</Button>
          </span>
        )}
      </div>
      {open && !now && <Differences full={full} effects={effects} before={n} />}
    </li>
  );
}

/** Returns to a version as a new one; Undo returns to what was before. */
async function bringBack(full: AssistantFull, number: number, facets: string[] | null): Promise<void> {
  const undo = (): Promise<unknown> => assistants.bringBack(full.id, full.revision, facets);
  await change(assistants.bringBack(full.id, number, facets), ta('versions.restored', { name: full.name, n: number }), undo);
}

/** Of the prompt's pin only its text is for people. */
const PINS = new Set(['system_prompt', 'prompt_version']);

function Differences({ full, effects, before }: VersionsProps & { before: number }): ReactNode {
  const { data, error, refetch } = useQuery(differenceQuery(full.id, before, full.revision));
  if (error) return <Refused error={error} onRetry={() => void refetch()} />;
  if (!data) return <Reading what={ta('versions.compare')} rows={1} />;
  const pins = data.items.filter((one) => one.facet === 'configuration' && PINS.has(one.field));
  const plain = data.items.filter((one) => !pins.includes(one));
  if (data.items.length === 0) return <p className="text-sm text-muted" role="status">{ta('versions.same')}</p>;
  const facets = [...new Set(data.items.map((one) => one.facet))];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 rounded-xl bg-sunken p-3.5" data-testid="differences">
      {plain.map((one) => <DifferenceRow key={`${one.facet}.${one.field}`} difference={one} effects={effects} />)}
      {pins.length > 0 && <PromptDifference full={full} pins={pins} before={before} />}
      {facets.length > 1 && (
        <div className="flex flex-wrap gap-2">
          {facets.map((facet) => (
            <Button key={facet} onClick={() => void bringBack(full, before, [facet])}>{ta('versions.restoreOne', { facet: partName(facet) })}</Button>
          ))}
        </div>
      )}
    </div>
  );
}

const LONG = 60;

function DifferenceRow({ difference: one, effects }: { difference: Difference; effects: readonly Effect[] }): ReactNode {
  const effect = effects.find(({ facet, field }) => facet === one.facet && field === one.field);
  const say = (value: unknown): string => (effect ? fieldValue(effect, value) : plainValue(value));
  const label = `${fieldName(one.field)} · ${partName(one.facet)}`;
  const long = [one.before, one.after].some((value) => typeof value === 'string' && (value.length > LONG || value.includes('\n')));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5" data-testid="difference" data-field={one.field}>
      <h3 className="text-sm font-medium">{label}</h3>
      {long ? (
        <DiffView before={textOf(one.before)} after={textOf(one.after)} label={label} />
      ) : (
        <dl className="grid gap-2 text-sm sm:grid-cols-2">
          <div className="rounded-lg bg-danger-soft px-3 py-1.5"><dt className="text-[0.8125rem] text-muted">{ta('versions.then')}</dt><dd className="[overflow-wrap:anywhere]">{say(one.before)}</dd></div>
          <div className="rounded-lg bg-accent-soft px-3 py-1.5"><dt className="text-[0.8125rem] text-muted">{ta('versions.after')}</dt><dd className="[overflow-wrap:anywhere]">{say(one.after)}</dd></div>
        </dl>
      )}
    </div>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of the prompt then and now. */
function PromptDifference({ full, pins, before }: { full: AssistantFull; pins: readonly Difference[]; before: number }): ReactNode {
  const then = (field: string, now: unknown): unknown => {
    const pin = pins.find((one) => one.field === field);
    return pin ? pin.before : now;
  };
  const id = then('system_prompt', full.configuration.system_prompt);
  const number = then('prompt_version', full.configuration.prompt_version);
  const there = typeof id === 'string' && typeof number === 'number';
  const { data, error } = useQuery({ ...promptVersionQuery(there ? id : '', there ? number : before), enabled: there });
  if (error) return <p role="alert" className="text-sm text-danger">{error.message}</p>;
  if (there && !data) return <Reading what={ta('versions.prompt')} rows={1} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-1.5" data-testid="difference" data-field="prompt">
      <h3 className="text-sm font-medium">{ta('versions.prompt')}</h3>
      <DiffView before={data?.text ?? ''} after={full.prompt?.text ?? ''} label={ta('versions.prompt')} />
    </div>
  );
}
