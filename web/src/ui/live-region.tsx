/** Tells screen readers what happened, politely; empties itself so that nothing is read twice. */
import { useEffect, useState, type ReactNode } from 'react';
import { announcement } from '@/lib/announce';
import { useStore } from '@/lib/store';

export function LiveRegion(): ReactNode {
  const { text, turn } = useStore(announcement);
  const [shown, setShown] = useState('');
  useEffect(() => {
    if (turn === 0) return;
    setShown('');
    const say = setTimeout(() => setShown(text), 30);
    const clear = setTimeout(() => setShown(''), 4000);
    return () => {
      clearTimeout(say);
      clearTimeout(clear);
    };
  }, [text, turn]);
  return <div role="status" aria-live="polite" className="sr-only" data-testid="live-region">{shown}</div>;
}
