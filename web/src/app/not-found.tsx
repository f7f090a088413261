/** An address that leads nowhere. */
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { Link } from '@/lib/place';

export function NotFound(): ReactNode {
  return (
    <main className="grid flex-1 place-content-center gap-3 p-6 text-center">
      <h1 className="font-serif text-2xl">{t('notFound.title')}</h1>
      <Link href="/" className="text-accent underline underline-offset-2">{t('notFound.home')}</Link>
    </main>
  );
}
