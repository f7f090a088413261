/** Names with values, and beside each where it is from. */
import type { ReactNode } from 'react';
import { CARD } from '@/ui/page';

export interface Row {
  id: string;
  name: string;
  value: ReactNode;
  /** Where it is from, or what it means. */
  from?: ReactNode;
  /** Whether nobody says it. */
  unknown?: boolean;
}

export function FactList({ rows, testId }: { rows: readonly Row[]; testId: string }): ReactNode {
  return (
    <dl className={`${CARD} divide-y divide-line text-sm`} data-testid={testId}>
      {rows.map(({ id, name, value, from, unknown }) => (
        <div key={id} data-fact={id} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 px-4 py-2">
          <dt className="w-44 shrink-0 text-muted max-sm:w-full">{name}</dt>
          <dd className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3 gap-y-1">
            <span className={`min-w-20 [overflow-wrap:anywhere] tabular-nums ${unknown ? 'text-muted italic' : ''}`}>{value}</span>
            {from && <span className="ml-auto text-muted [overflow-wrap:anywhere]">{from}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}
