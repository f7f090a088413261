/** An address that leads nowhere. */
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';
import { PlacePage } from '@/ui/page';

export function NotFound(): ReactNode {
  return (
    <PlacePage title={t('notFound.title')}>
      <Link href="/" className="inline-flex min-h-6 w-fit text-accent underline underline-offset-2">{t('notFound.home')}</Link>
    </PlacePage>
  );
}
