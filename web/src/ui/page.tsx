/** A place beside the chat: heading, scrolling body. */
import { useEffect, useRef, type ReactNode } from 'react';
import { usePlace } from '@/lib/place';
import { useRailButton } from '@/ui/rail-button';

interface PlacePageProps {
  title: string;
  actions?: ReactNode;
  /** For what stands side by side; text is never wider than it reads well. */
  wide?: boolean;
  children: ReactNode;
}

export function PlacePage({ title, actions, wide = false, children }: PlacePageProps): ReactNode {
  const railButton = useRailButton();
  return (
    <main className="h-full min-w-0 flex-1 overflow-y-auto" tabIndex={-1}>
      <div className={`mx-auto grid w-full grid-cols-[minmax(0,1fr)] gap-7 px-4 pt-2.5 pb-16 sm:px-5 ${wide ? 'max-w-[78rem]' : 'max-w-[calc(var(--read)+2.5rem)]'}`}>
        <header className="flex min-h-10 flex-wrap items-center gap-2">
          {railButton}
          <h1 className="flex-1 font-serif text-2xl tracking-tight">{title}</h1>
          {actions}
        </header>
        {children}
      </div>
    </main>
  );
}

/** A titled group of things on such a page; the address finds it by its id. */
export function Group({ id, title, lead, children }: { id?: string; title: string; lead?: string; children: ReactNode }): ReactNode {
  const section = useRef<HTMLElement>(null);
  const { hash, key } = usePlace();
  useEffect(() => {
    if (id && id === hash) section.current?.scrollIntoView({ block: 'start' });
  }, [id, hash, key]);
  return (
    <section ref={section} id={id} className="grid scroll-mt-6 grid-cols-[minmax(0,1fr)] gap-3">
      <div>
        <h2 className="text-base font-semibold">{title}</h2>
        {lead && <p className="mt-0.5 text-sm text-muted">{lead}</p>}
      </div>
      {children}
    </section>
  );
}

export const CARD = 'rounded-xl border border-line bg-surface';

/** A card of names with their values. */
export function Facts({ facts, testId }: { facts: [string, string][]; testId: string }): ReactNode {
  return (
    <dl className={`${CARD} divide-y divide-line text-sm`} data-testid={testId}>
      {facts.map(([name, value]) => (
        <div key={name} className="grid gap-x-4 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
          <dt className="text-muted">{name}</dt>
          <dd className="[overflow-wrap:anywhere]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
