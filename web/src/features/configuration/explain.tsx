/** Why a value is what it is: every level, what it says, and which one counts. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState, type FormEvent, type ReactNode } from 'react';
import { explanationQuery, type Explanation, type LevelValue } from '@/api/broker';
import { tg } from '@/features/configuration/texts';
import { fileHref, written } from '@/features/configuration/words';
import { t } from '@/i18n/t';
import { go, Link, usePlace, withSearch } from '@/lib/place';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { INPUT } from '@/ui/field';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export function Explain({ known }: { known: string[] }): ReactNode {
  const id = useId();
  const { path, search } = usePlace();
  const asked = search.explain ?? '';
  const [key, setKey] = useState(asked);
  useEffect(() => setKey(asked), [asked]);
  const { data, error, isFetching, refetch } = useQuery(explanationQuery(asked));
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = key.trim();
    if (wanted === asked) void refetch();
    else go(withSearch(path, { explain: wanted }), { replace: true });
  };
  return (
    <Group id="explain" title={t('explain.title')} lead={tg('explain.lead')}>
      <form className="grid gap-1.5" onSubmit={ask}>
        <label htmlFor={id} className="text-sm font-medium">{tg('explain.key')}</label>
        <div className="flex gap-2">
          <input id={id} list={`${id}-keys`} className={`${INPUT} min-w-0 flex-1 font-mono text-[0.8125rem]`} value={key} required maxLength={1000} placeholder="role_mappings.planner.preferred" autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => setKey(event.target.value)} />
          <datalist id={`${id}-keys`}>{known.map((one) => <option key={one} value={one} />)}</datalist>
          <Button type="submit" icon="help">{tg('explain.button')}</Button>
        </div>
      </form>
      {asked !== '' && error && !isFetching && <Refused error={error} onRetry={() => void refetch()} />}
      {asked !== '' && !data && isFetching && <Reading what={asked} />}
      {data && <Levels explanation={data} />}
    </Group>
  );
}

/** Levels that say nothing are told in one line, so that those that do are seen. */
function Levels({ explanation }: { explanation: Explanation }): ReactNode {
  const silent = explanation.levels.filter((one) => !one.given);
  return (
    <div className="grid gap-2" data-testid="explanation">
      <p className="text-sm [overflow-wrap:anywhere]">{tg('explain.result')} <code className="font-mono text-[0.8125rem] font-medium">{JSON.stringify(explanation.value)}</code></p>
      <ol className={`${CARD} divide-y divide-line`}>
        {explanation.levels.filter((one) => one.given).map((one, i) => (
          <Level key={i} said={one} />
        ))}
      </ol>
      <p className="text-[0.8125rem] text-muted">{tg('explain.silent', { names: silent.map(named).join(', ') })}</p>
    </div>
  );
}

function named({ level, source }: LevelValue): string {
  const name = t(`level.${level}`);
  return source === null ? name : `${name} (${source})`;
}

function Level({ said }: { said: LevelValue }): ReactNode {
  return (
    <li data-testid="level" data-in-force={said.in_force} className={`grid gap-1 px-4 py-3 ${said.in_force ? 'bg-accent-soft/40' : ''}`}>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
        <span className="font-medium">{t(`level.${said.level}`)}</span>
        <span className="text-muted">{said.source}{said.line !== null && `, ${tg('explain.line', { n: said.line })}`}</span>
        {said.in_force ? <Badge tone="good">{tg('explain.inForce')}</Badge> : <Badge>{tg('explain.covered')}</Badge>}
        {said.level === 'file' && said.file !== null && (
          <Link href={withSearch(fileHref(said.file), { line: String(said.line ?? 1) })} className="ml-auto inline-flex min-h-6 items-center text-accent underline underline-offset-2">{tg('explain.open')}</Link>
        )}
      </p>
      <pre className={`font-mono text-[0.8125rem] [overflow-wrap:anywhere] whitespace-pre-wrap ${said.in_force ? '' : 'text-muted line-through decoration-1'}`}>{written(said.value)}</pre>
    </li>
  );
}
