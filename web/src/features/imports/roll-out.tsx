/** Who answers for the flat names of assistants: a share of them the new readers, and how both do. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent, type ReactNode } from 'react';
import { rollOut, rollOutQuery, type Reader, type RollOutState } from '@/api/imports';
import { ti } from '@/features/imports/words';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { fullTime } from '@/lib/time';
import { BackLink } from '@/ui/back-link';
import { Button } from '@/ui/button';
import { Field } from '@/ui/field';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export const ROLL_OUT = 'rollout';
const CELL = 'px-4 py-2 text-right tabular-nums max-sm:px-2 first:text-left';
const FIGURES = ['reads', 'queries_each', 'p50_ms', 'p95_ms', 'errors', 'left'] as const;

export function RollOut(): ReactNode {
  const query = useQuery(rollOutQuery);
  return (
    <>
      <BackLink href="/settings/workspace/import">{t('imports.title')}</BackLink>
      {query.error && <Refused error={query.error} onRetry={() => void query.refetch()} />}
      {!query.data && !query.error && <Reading what={t('rollout.title')} />}
      {query.data && <Share state={query.data} />}
      {query.data && <Readers state={query.data} />}
    </>
  );
}

function Share({ state }: { state: RollOutState }): ReactNode {
  const [share, setShare] = useState(String(state.share));
  const [compare, setCompare] = useState(state.compare);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    setShare(String(state.share));
    setCompare(state.compare);
  }, [state.share, state.compare]);
  const set = async (percent: number): Promise<void> => {
    setRefusal(null);
    setBusy(true);
    try {
      await rollOut.set(percent, compare);
      announce(ti('rollout.set', { n: percent }));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    // What is no number the server refuses, in its own words.
    void set(share.trim() === '' ? NaN : Number(share));
  };
  return (
    <Group title={t('rollout.title')} lead={ti('rollout.lead')}>
      {state.brought === 0 && <p className={`${CARD} p-4 text-sm text-muted`}>{ti('rollout.none')}</p>}
      <form className="grid gap-3" noValidate onSubmit={onSubmit}>
        <div className="flex flex-wrap items-end gap-3">
          <div className="w-56"><Field label={ti('rollout.share')} type="number" min={0} max={100} step={1} value={share} onChange={(event) => setShare(event.target.value)} /></div>
          <Button type="submit" look="primary" disabled={busy}>{ti('rollout.save')}</Button>
          {state.share > 0 && <Button icon="undo" disabled={busy} onClick={() => void set(0)}>{ti('rollout.back')}</Button>}
        </div>
        <label className="flex min-h-8 items-center gap-2.5 text-sm">
          <input type="checkbox" className="size-6 shrink-0 accent-accent" checked={compare} onChange={(event) => setCompare(event.target.checked)} />
          {ti('rollout.compare')}
        </label>
        {refusal && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refusal}</p>}
        <p className="text-sm text-muted" data-testid="rollout-now">
          {ti('rollout.now', { n: state.share })}{state.changed_at ? ` · ${fullTime(state.changed_at)}` : ''}
        </p>
      </form>
    </Group>
  );
}

function Readers({ state }: { state: RollOutState }): ReactNode {
  const [refusal, setRefusal] = useState<string | null>(null);
  const check = async (): Promise<void> => {
    setRefusal(null);
    try {
      await rollOut.check();
      announce(ti('rollout.checked'));
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Group title={ti('rollout.readers')} lead={ti('rollout.since', { at: fullTime(state.since) })}>
      <div className={`${CARD} overflow-x-auto`}>
        <table className="w-full text-sm max-sm:text-xs" data-testid="readers">
          <caption className="sr-only">{ti('rollout.readers')}</caption>
          <thead className="text-muted">
            <tr>
              <th scope="col" className={`${CELL} font-normal`}>{ti('rollout.figure')}</th>
              <th scope="col" className={`${CELL} font-normal`}>{ti('rollout.old')}</th>
              <th scope="col" className={`${CELL} font-normal`}>{ti('rollout.new')}</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {FIGURES.map((figure) => (
              <tr key={figure}>
                <th scope="row" className={`${CELL} font-normal`}>{ti(`rollout.figure.${figure}`)}</th>
                <td className={CELL}>{shown(state.readers.old, figure)}</td>
                <td className={CELL}>{shown(state.readers.new, figure)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={`text-sm ${state.differing > 0 ? 'text-danger' : 'text-muted'} [overflow-wrap:anywhere]`} data-testid="rollout-compared">
        {state.compared === 0 ? ti('rollout.notCompared') : ti('rollout.compared', { n: state.compared, differing: state.differing })}
        {state.names.length > 0 && ` ${state.names.join(', ')}`}
      </p>
      <Button className="justify-self-start" disabled={state.brought === 0} onClick={() => void check()}>{ti('rollout.check')}</Button>
      {refusal && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{refusal}</p>}
    </Group>
  );
}

function shown(reader: Reader, figure: (typeof FIGURES)[number]): string {
  const value = reader[figure];
  return value === null ? '–' : String(value);
}
