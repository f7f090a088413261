/** The parts of a place, each with an address of its own. */
import type { ReactNode } from 'react';
import { Link } from '@/lib/place';

interface TabsProps {
  label: string;
  tabs: { href: string; label: string; current: boolean }[];
}

export function Tabs({ label, tabs }: TabsProps): ReactNode {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-x-1 border-b border-line">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.current ? 'page' : undefined}
          className={`-mb-px inline-flex min-h-10 items-center border-b-2 px-3 text-sm sm:px-3.5 ${tab.current ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-ink'}`}
        >
          {tab.label}
        </Link>
      ))}
    </nav>
  );
}
