/** How an answer was made: which model and why, what it was shown, what it took and cost. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { runQuery } from '@/api/queries';
import type { Message, Run } from '@/api/types';
import { useAnswerer } from '@/features/chat/answerer';
import { Report } from '@/features/chat/context-report';
import { stoodInFor, textOfMetadata } from '@/features/chat/instead';
import { roleName } from '@/i18n/roles';
import { t } from '@/i18n/t';
import { readableMoney } from '@/lib/figures';
import { duration } from '@/lib/time';
import { CandidateList } from '@/ui/candidates';
import { Dialog } from '@/ui/dialog';
import { Facts } from '@/ui/page';

type Fact = [string, string | null];

export default function Trace({ message, onClose }: { message: Message; onClose: () => void }): ReactNode {
  const { data, error } = useQuery({ ...runQuery(message.run_id ?? ''), enabled: message.run_id !== null });
  const answerer = useAnswerer(message);
  return (
    <Dialog title={t('trace.title')} open onClose={onClose}>
      <div role="group" aria-label={t('trace.title')} tabIndex={0} className="grid gap-3 overflow-y-auto px-5 pt-1 pb-5">
        {error && <p role="alert" className="text-sm text-danger">{error.message}</p>}
        <Facts facts={known([[t('trace.assistant'), answerer], ...ofMessage(message), ...(data ? ofRun(data, message) : [])])} testId="trace" />
        {data?.selection && <Selection selection={data.selection} />}
        {data?.context_report && <Report report={data.context_report} />}
      </div>
    </Dialog>
  );
}

/** What was considered when the model was chosen, as it was then. */
function Selection({ selection }: { selection: NonNullable<Run['selection']> }): ReactNode {
  return (
    <section className="grid gap-1.5 text-sm" data-testid="selection">
      <h3 className="font-medium">{t('trace.considered', { n: selection.considered.length, role: roleName(selection.role) })}</h3>
      <p className="text-[0.8125rem] text-muted">{t('trace.consideredLead')}</p>
      <CandidateList considered={selection.considered} />
    </section>
  );
}

function known(facts: Fact[]): [string, string][] {
  return facts.filter((fact): fact is [string, string] => fact[1] !== null && fact[1] !== '');
}

function ofMessage(message: Message): Fact[] {
  return [
    [t('trace.model'), message.model],
    [t('trace.reason'), message.model_reason],
    [t('trace.stoodIn'), stoodInFor(message)],
    [t('trace.servedBy'), textOfMetadata(message, 'served_by')],
    [t('trace.error'), message.error ? `${message.error.message} (${message.error.code})` : null],
    [t('trace.stop'), stopOf(message)],
  ];
}

function stopOf(message: Message): string | null {
  const reason = textOfMetadata(message, 'stop_reason');
  return reason === 'length' || reason === 'refusal' ? t(`trace.stop.${reason}`) : reason;
}

function ofRun(run: Run, message: Message): Fact[] {
  return [
    [t('trace.tokens'), message.token_count === null ? null : message.token_count.toLocaleString()],
    [t('trace.usage'), usageOf(run.usage)],
    [t('trace.waited'), between(run.created_at, run.started_at)],
    [t('trace.took'), between(run.started_at, run.finished_at)],
    [t('trace.cost'), costOf(run)],
    [t('trace.run'), run.id],
  ];
}

function between(from: string | null, to: string | null): string | null {
  return from && to ? duration(Math.max(0, Date.parse(to) - Date.parse(from))) : null;
}

function costOf({ cost, price_table: table }: Run): string | null {
  if (!cost) return null;
  const amount = readableMoney(cost.amount, cost.currency);
  return table ? t('trace.costBy', { cost: amount, table }) : amount;
}

/** Times are told by `trace.took`, and in units that differ from server to server. */
const A_TIME = /duration|_time|_ms$|_ns$/;

/** The counts of the model's server under its own names; other values it reported are not for people. */
function usageOf(usage: Run['usage']): string | null {
  const counts = Object.entries(usage ?? {}).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && !A_TIME.test(entry[0]));
  return counts.map(([name, value]) => `${name} ${value.toLocaleString()}`).join(' · ');
}
