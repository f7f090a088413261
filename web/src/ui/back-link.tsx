/** The way back to the list a thing is from. */
import type { ReactNode } from 'react';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';

export function BackLink({ href, children }: { href: string; children: ReactNode }): ReactNode {
  return (
    <Link href={href} className="-mb-4 -ml-1 inline-flex min-h-8 w-fit items-center gap-1 rounded-lg pr-2 text-sm text-muted hover:text-ink">
      <Icon name="left" size={16} />
      {children}
    </Link>
  );
}
