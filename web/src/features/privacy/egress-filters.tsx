/** Which calls of the log are shown: of what class, to which server, for whom, let out by what, and when. */
import { useQuery } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { egressValuesQuery, type EgressWanted } from '@/api/broker';
import { tv } from '@/features/privacy/texts';
import { DATA_CLASSES, dataClass, DECISIONS, MODES } from '@/features/privacy/words';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';
import { Choice, Field } from '@/ui/field';

type Name = keyof EgressWanted;
type Option = { value: string; label: string };

interface EgressFiltersProps {
  wanted: EgressWanted;
  onChange: (wanted: EgressWanted) => void;
}

export function EgressFilters({ wanted, onChange }: EgressFiltersProps): ReactNode {
  const { data } = useQuery(egressValuesQuery);
  const group = useRef<HTMLDivElement>(null);
  const set = (name: Name, value: string): void => {
    const { [name]: _, ...others } = wanted;
    onChange(value === '' ? others : { ...others, [name]: value });
  };
  const choose = (name: Name, label: string, all: string, options: Option[]): ReactNode => (
    <Choice label={label} value={wanted[name] ?? ''} onChange={(event) => set(name, event.target.value)} options={[{ value: '', label: all }, ...options]} />
  );
  const persons = data?.persons ?? [];
  const people = [
    ...persons.map((one) => (one.me ? { value: 'me', label: tv('egress.me') } : { value: one.id, label: one.id })),
    ...(data?.instance ? [{ value: 'none', label: tv('egress.instance') }] : []),
  ];
  const narrowed = Object.keys(wanted).length;
  const clear = (): void => {
    onChange({});
    // The button goes, and would take the focus with it.
    group.current?.querySelector('select')?.focus();
  };
  return (
    <div ref={group} className="grid gap-3" role="group" aria-label={tv('egress.narrow')}>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-4">
        {choose('data_class', tv('egress.show'), tv('egress.all'), DATA_CLASSES.map((one) => ({ value: one, label: dataClass(one) })))}
        {choose('endpoint', tv('egress.byEndpoint'), tv('egress.anyEndpoint'), plain(data?.endpoints))}
        {choose('host', tv('egress.byHost'), tv('egress.anyHost'), plain(data?.hosts))}
        {choose('person', tv('egress.byPerson'), tv('egress.anyPerson'), people)}
        {choose('decision', tv('egress.byDecision'), tv('egress.anyDecision'), DECISIONS.map((one) => ({ value: one, label: t(`decision.${one}`) })))}
        {choose('mode', tv('egress.byMode'), tv('egress.anyMode'), MODES.map((one) => ({ value: one, label: t(`privacy.${one}`) })))}
        <Field label={tv('egress.since')} type="date" value={dayOf(wanted.since, 0)} onChange={(event) => set('since', beginning(event.target.value, 0))} />
        <Field label={tv('egress.until')} type="date" value={dayOf(wanted.until, -1)} onChange={(event) => set('until', beginning(event.target.value, 1))} />
      </div>
      {narrowed > 0 && <Button className="justify-self-start" icon="close" onClick={clear}>{tv('egress.clear', { n: narrowed })}</Button>}
    </div>
  );
}

function plain(values: readonly string[] | undefined): Option[] {
  return (values ?? []).map((value) => ({ value, label: value }));
}

/** The moment at which a day (`2026-11-21`) begins where the person is, or the day that many days later. */
function beginning(day: string, days: number): string {
  const [year, month, date] = day.split('-').map(Number);
  return year && month && date ? new Date(year, month - 1, date + days).toISOString() : '';
}

/** The day in which a moment lies where the person is, so many days from it. */
function dayOf(moment: string | undefined, days: number): string {
  if (!moment) return '';
  const at = new Date(moment);
  const day = new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((one) => String(one).padStart(2, '0')).join('-');
}
