/** Says that the server is out of reach, after a moment, and that the page keeps trying. */
import { useEffect, useState, type ReactNode } from 'react';
import { connection, retryNow } from '@/api/socket';
import { t } from '@/i18n/t';
import { useStore } from '@/lib/store';

const PATIENCE_MS = 1200;

export function ConnectionBanner(): ReactNode {
  const lost = useStore(connection) === 'lost';
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!lost) return setShown(false);
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  if (!shown) return null;
  return (
    <div role="status" data-testid="connection-lost" className="flex items-center justify-center gap-3 bg-warn-soft px-4 py-1.5 text-sm text-warn">
      <span>{t('connection.lost')}</span>
      <button type="button" className="min-h-7 font-semibold underline underline-offset-2" onClick={retryNow}>{t('connection.now')}</button>
    </div>
  );
}
