/** The way out where a server beyond this machine may not be asked; loaded where that happened. */
import { lazy, Suspense, type ReactNode } from 'react';

const Button = lazy(() => import('@/features/chat/agree-button'));

export function Agree(given: { endpoint: string; onAgreed: () => void }): ReactNode {
  return (
    <Suspense>
      <Button {...given} />
    </Suspense>
  );
}
