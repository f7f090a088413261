/** A flat table column by column: how often it was there, how often null, and whether what is stored says the same. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { columnsQuery, type Column } from '@/api/imports';
import { ti } from '@/features/imports/words';
import { Badge } from '@/ui/badge';

const CELL = 'px-3 max-sm:px-1.5 py-1.5 text-right tabular-nums first:text-left align-top';
const WIDE = 'max-sm:hidden';

export function Columns({ id, name }: { id: string; name: string }): ReactNode {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...columnsQuery(id), enabled: open });
  const items = query.data?.items ?? [];
  const differing = items.filter((one) => one.equal === false).length;
  return (
    <details className="text-sm" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="min-h-8 cursor-pointer py-1 text-muted hover:text-ink">{ti('imports.columns')}</summary>
      {query.error && <p role="alert" className="text-danger">{query.error.message}</p>}
      {query.isFetching && !query.data && <p role="status" className="text-muted">{ti('imports.columnsReading')}</p>}
      {query.data && (
        <>
          <p className="mb-2 text-muted" data-testid="columns-sum">
            {differing > 0 ? ti('imports.columnsDiffer', { n: differing, of: items.length }) : ti('imports.columnsEqual', { n: items.length })}
          </p>
          <div className="max-h-96 overflow-x-hidden overflow-y-auto rounded-lg border border-line" tabIndex={0} role="region" aria-label={ti('imports.columnsOf', { name })}>
            <table className="w-full text-xs" data-testid="columns">
              <caption className="sr-only">{ti('imports.columnsOf', { name })}</caption>
              <thead className="sticky top-0 bg-surface text-muted">
                <tr>
                  {(['name', 'count', 'nulls', 'stored', 'hash'] as const).map((head) => (
                    <th key={head} scope="col" className={`${CELL} font-normal ${head === 'hash' ? WIDE : ''}`}>{ti(`imports.column.${head}`)}</th>
                  ))}
                </tr>
              </thead>
              <tbody className="divide-y divide-line">{items.map((one) => <Line key={one.name} one={one} />)}</tbody>
            </table>
          </div>
        </>
      )}
    </details>
  );
}

function Line({ one }: { one: Column }): ReactNode {
  return (
    <tr>
      <th scope="row" className={`${CELL} font-normal [overflow-wrap:anywhere]`}>
        <code>{one.name}</code>
        {one.place !== one.name && <span className="block text-muted"><span aria-hidden="true">→ </span>{one.place}</span>}
        {one.reported > 0 && <span className="block text-warn">{ti('imports.column.reported', { n: one.reported, example: JSON.stringify(one.example) })}</span>}
      </th>
      <td className={CELL}>{one.count}</td>
      <td className={CELL}>{one.nulls}</td>
      <td className={CELL}>{one.equal === null ? '–' : <Badge tone={one.equal ? 'good' : 'bad'}>{ti(one.equal ? 'imports.column.equal' : 'imports.column.differs')}</Badge>}</td>
      <td className={`${CELL} ${WIDE}`}><code title={one.hash}>{one.hash.slice(0, 8)}</code></td>
    </tr>
  );
}
