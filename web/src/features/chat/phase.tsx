/** What is happening before and while an answer is written, in words. */
import { useEffect, useState, type ReactNode } from 'react';
import { t } from '@/i18n/t';
import { duration } from '@/lib/time';
import type { StreamState } from '@/lib/stream';

/** The phase of a run for people. */
export function phaseText(state: Pick<StreamState, 'phase' | 'position' | 'model' | 'waitsBecause'>): string {
  switch (state.phase) {
    case 'queued':
      return state.position ? t('phase.queuedBehind', { n: state.position }) : t('phase.queued');
    case 'waiting_for_model':
      return state.waitsBecause ? t('phase.waitingBecause', { why: state.waitsBecause.message }) : t('phase.waiting');
    case 'loading':
      return state.model ? t('phase.loadingModel', { model: state.model }) : t('phase.loading');
    case 'searching':
      return t('phase.searching');
    case 'thinking':
      return t('phase.thinking');
    case 'silent':
      return state.model ? t('phase.silentModel', { model: state.model }) : t('phase.silent');
    case 'writing':
      return t('phase.writing');
    default:
      return t('phase.starting');
  }
}

export function PhaseLine({ state, empty }: { state: StreamState; empty: boolean }): ReactNode {
  const seconds = useSeconds(empty);
  if (!empty) return <p className="mt-2 text-sm text-muted" aria-hidden="true"><Dots /></p>;
  return (
    <p className="flex items-center gap-2.5 text-[0.9375rem] text-muted" data-testid="phase">
      <Dots />
      <span>{phaseText(state)}</span>
      {seconds >= 3 && <span className="tabular-nums opacity-80">{duration(seconds * 1000)}</span>}
    </p>
  );
}

function Dots(): ReactNode {
  return (
    <span aria-hidden="true" className="inline-flex gap-1">
      <span className="lap size-1.5 rounded-full bg-accent" />
      <span className="lap size-1.5 rounded-full bg-accent [animation-delay:0.25s]" />
    </span>
  );
}

function useSeconds(running: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setSeconds((before) => before + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return seconds;
}
