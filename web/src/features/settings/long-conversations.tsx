/** Whether this person wants summaries of what no longer fits a model's window. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { own, ownQuery, type Own } from '@/api/broker';
import { queryClient } from '@/api/queries';
import { t } from '@/i18n/t';
import { problem, toast } from '@/lib/toasts';
import { Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

const SAID = ['configured', 'on', 'off'] as const;
type Said = (typeof SAID)[number];

function saidBy(data: Own): Said {
  if (data.summaries === null) return 'configured';
  return data.summaries ? 'on' : 'off';
}

let turn: Promise<void> = Promise.resolve();

/** Says it after what was said before: two keys pressed at once are two wishes, and the last of them holds. */
function change(said: Said): void {
  turn = turn.then(() => say(said));
}

/** Says it, and shows what holds then. */
async function say(said: Said): Promise<void> {
  try {
    queryClient.setQueryData(ownQuery.queryKey, await own.change(said === 'configured' ? null : said === 'on'));
    toast(t(`long.changed.${said}`));
  } catch (error) {
    problem(error);
  }
  void queryClient.invalidateQueries({ queryKey: ['config'] });
}

export function LongConversations(): ReactNode {
  const { data, error, refetch } = useQuery(ownQuery);
  return (
    <Group id="long-conversations" title={t('long.title')} lead={t('long.lead')}>
      {error && <Refused error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Reading what={t('long.title')} />}
      {data && (
        <fieldset className="grid gap-2">
          <legend className="sr-only">{t('long.title')}</legend>
          {SAID.map((said) => (
            <Said key={said} said={said} chosen={saidBy(data) === said} holds={data.in_force.summaries} />
          ))}
        </fieldset>
      )}
    </Group>
  );
}

function Said({ said, chosen, holds }: { said: Said; chosen: boolean; holds: boolean }): ReactNode {
  const now = said === 'configured' && chosen ? ` ${t(holds ? 'long.nowOn' : 'long.nowOff')}` : '';
  return (
    <label className={`flex cursor-pointer items-start gap-3 rounded-xl border p-4 focus-within:outline-2 focus-within:outline-accent ${chosen ? 'border-accent bg-accent-soft' : 'border-line bg-surface hover:bg-hover'}`}>
      <input type="radio" name="summaries" className="size-6 shrink-0 cursor-pointer appearance-none rounded-full border border-edge bg-surface checked:border-[7px] checked:border-accent" checked={chosen} onChange={() => change(said)} aria-describedby={`summaries-${said}`} />
      <span className="grid flex-1 gap-0.5">
        <span className="font-medium">{t(`long.${said}`)}</span>
        <span id={`summaries-${said}`} className="text-sm text-muted">{t(`long.${said}.about`)}{now}</span>
      </span>
    </label>
  );
}
