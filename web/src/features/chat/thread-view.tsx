/** The rows of a thread. Never virtualised: the browser skips what is out of sight. */
import { lazy, Suspense, useEffect, useRef, type ReactNode } from 'react';
import type { Message } from '@/api/types';
import { Answer } from '@/features/chat/answer';
import { Bubble, QueuedBubble } from '@/features/chat/bubble';
import type { Thread } from '@/features/chat/conversation';
import { useLive } from '@/features/chat/live';
import type { Row } from '@/features/chat/thread';
import { t } from '@/i18n/t';
import { Button } from '@/ui/button';

const Missing = lazy(() => import('@/features/chat/missing'));

interface ThreadViewProps {
  thread: Thread;
  target: { m?: string; quote?: string };
  release: () => void;
  onEdit: (message: Message, text: string) => void;
}

export function ThreadView({ thread, target, release, onEdit }: ThreadViewProps): ReactNode {
  useTarget(thread, target, release);
  const runOf = new Map(thread.runs.map((run) => [run.userMessageId, run.runId]));
  return (
    <div className="mx-auto grid w-full max-w-[calc(var(--read)+2.5rem)] grid-cols-[minmax(0,1fr)] gap-5 px-4 pt-6 pb-10 sm:px-5" data-testid="thread">
      <h1 className="sr-only">{t('thread.heading')}</h1>
      {!thread.loaded && thread.rows.length === 0 && <Loading error={thread.error} />}
      {thread.hasOlder && <Older thread={thread} />}
      {thread.rows.map((row) => (
        <RowView key={row.key} row={row} runOf={runOf} onEdit={onEdit} />
      ))}
    </div>
  );
}

function Loading({ error }: { error: Error | null }): ReactNode {
  if (error) return <Suspense><Missing error={error} /></Suspense>;
  return (
    <div aria-hidden="true" className="grid gap-4">
      <div className="lap ml-auto h-10 w-3/5 rounded-2xl bg-hover" />
      <div className="lap h-4 w-full rounded bg-hover" />
      <div className="lap h-4 w-4/5 rounded bg-hover" />
    </div>
  );
}

interface RowViewProps {
  row: Row;
  runOf: Map<string | null, string>;
  onEdit: ThreadViewProps['onEdit'];
}

function RowView({ row, runOf, onEdit }: RowViewProps): ReactNode {
  if (row.kind === 'outgoing') return <Bubble message={null} outgoing={row.outgoing} waitingRun={null} onEdit={onEdit} />;
  if (row.kind === 'queued') return <QueuedBubble messageId={row.messageId} runId={row.runId} onEdit={onEdit} />;
  if (row.kind === 'answer') return <Answer message={null} runId={row.runId} />;
  const { message } = row;
  if (message.role === 'user') return <Asked message={message} runId={runOf.get(message.id) ?? null} onEdit={onEdit} />;
  return <Answer message={message} runId={row.runId} />;
}

function Asked({ message, runId, onEdit }: { message: Message; runId: string | null; onEdit: ThreadViewProps['onEdit'] }): ReactNode {
  const waiting = useLive(runId, (state) => state?.status === 'queued' || state?.status === 'waiting');
  return <Bubble message={message} outgoing={null} waitingRun={waiting ? runId : null} onEdit={onEdit} />;
}

/** Loads earlier messages as the person nears the top; the view stays where it is. */
function Older({ thread }: { thread: Thread }): ReactNode {
  const mark = useRef<HTMLDivElement>(null);
  const { loadOlder, loadingOlder } = thread;
  useEffect(() => {
    const box = mark.current?.closest('[data-testid=scroller]');
    if (!mark.current || !box || loadingOlder) return;
    const watch = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        // At 0 the browser does not hold the view while content grows above it.
        if (box.scrollTop === 0) box.scrollTop = 1;
        loadOlder();
      },
      { root: box, rootMargin: '500px 0px 0px 0px' },
    );
    watch.observe(mark.current);
    return () => watch.disconnect();
  }, [loadOlder, loadingOlder]);
  return (
    <div ref={mark} className="flex justify-center">
      <Button look="quiet" onClick={loadOlder} disabled={loadingOlder}>{t('thread.older')}</Button>
    </div>
  );
}

/** Brings the message named in the address into view, loading earlier pages until it is there. */
function useTarget(thread: Thread, target: ThreadViewProps['target'], release: () => void): void {
  const done = useRef('');
  const wanted = target.m ? `${target.m}:${target.quote ?? ''}` : '';
  const { messages, hasOlder, loadingOlder, loadOlder } = thread;
  useEffect(() => {
    if (wanted === '' || done.current === wanted || messages.length === 0) return;
    const element = document.getElementById(`m-${target.m}`);
    if (!element) {
      if (hasOlder && !loadingOlder) loadOlder();
      return;
    }
    done.current = wanted;
    release();
    void import('@/features/chat/quote').then(({ showQuote }) => showQuote(element, target.quote));
  }, [wanted, target, messages, hasOlder, loadingOlder, loadOlder, release]);
  useEffect(() => {
    if (wanted === '') done.current = '';
  }, [wanted]);
}
