/** The thread and the composer of one conversation, or of the one about to begin. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { messagesQuery, threadMessages } from '@/api/queries';
import type { Message } from '@/api/types';
import { cutAt } from '@/features/chat/branches';
import { useChatActions } from '@/features/chat/chat-actions';
import { freshConfig, handOver, useMode, useModelChoice, useWaiting } from '@/features/chat/choices';
import { Composer } from '@/features/chat/composer';
import { NEW, readDraft, useDraft, writeDraft } from '@/features/chat/drafts';
import { EmptyState } from '@/features/chat/empty-state';
import { blindWarning, overflowWarning } from '@/features/chat/fit';
import { follow, liveEntries, stop } from '@/features/chat/live';
import { bubbleKeys, outbox, submit } from '@/features/chat/outbox';
import { rowsOf } from '@/features/chat/thread';
import { ThreadView } from '@/features/chat/thread-view';
import { useFollow } from '@/features/chat/use-follow';
import { t } from '@/i18n/t';
import { useActions } from '@/lib/actions';
import { usePlace } from '@/lib/place';
import { useStore } from '@/lib/store';
import { problem } from '@/lib/toasts';
import { Icon } from '@/ui/icons';

const FileViewer = lazy(() => import('@/features/chat/file-viewer'));

export function Conversation({ conversationId }: { conversationId: string | null }): ReactNode {
  const draftKey = conversationId ?? NEW;
  const thread = useThread(conversationId);
  const { key, search } = usePlace();
  const ready = conversationId === null || thread.loaded;
  const view = useFollow(key, ready && thread.rows.length > 0);
  const running = thread.runs.at(0) ?? null;
  const project = conversationId === null ? search.project : undefined;
  const { send, edit } = useSending(conversationId, draftKey, view.toLatest, project);
  const stopNow = useCallback(() => {
    if (running) void stop(running.runId).catch(problem);
  }, [running]);
  useStopKey(running !== null, stopNow);
  useChatActions(conversationId, draftKey, thread.messages.findLast((message) => message.role === 'assistant') ?? null);
  const warning = useWarning(conversationId, draftKey, thread.messages, thread.hasOlder);
  const empty = conversationId === null && thread.rows.length === 0;
  return (
    <>
      <div ref={view.scroller} tabIndex={-1} className="min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:outline-none" data-testid="scroller">
        <div ref={view.content}>
          {empty ? <EmptyState project={project} /> : <ThreadView thread={thread} target={search} release={view.release} onEdit={edit} />}
        </div>
      </div>
      <div className="relative mx-auto w-full max-w-[calc(var(--read)+2.5rem)] px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] sm:px-5">
        {view.away && (
          <button
            type="button"
            data-testid="jump-to-latest"
            onClick={view.toLatest}
            className="rise absolute -top-12 left-1/2 inline-flex min-h-9 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-surface px-3.5 text-sm shadow-float hover:bg-hover"
          >
            <Icon name="down" size={16} />
            {t('jump')}
          </button>
        )}
        {!thread.gone && (
          <>
            <Composer draftKey={draftKey} conversationId={conversationId} running={running !== null} warning={warning} onSend={send} onStop={stopNow} />
            <p className="mt-1.5 text-center text-xs text-muted max-sm:hidden">{t('composer.hint')}</p>
          </>
        )}
      </div>
      {search.file && (
        <Suspense>
          <FileViewer fileId={search.file} name={search.name ?? ''} quote={search.quote ?? ''} />
        </Suspense>
      )}
    </>
  );
}

export interface Thread {
  rows: ReturnType<typeof rowsOf>;
  messages: Message[];
  /** The runs of this conversation, the one being answered first. */
  runs: { runId: string; userMessageId: string | null }[];
  loaded: boolean;
  error: Error | null;
  /** It is in the trash or nowhere: nothing can be said in it, and the thread says why. */
  gone: boolean;
  hasOlder: boolean;
  loadingOlder: boolean;
  loadOlder: () => void;
}

function useThread(conversationId: string | null): Thread {
  const query = useInfiniteQuery({ ...messagesQuery(conversationId ?? ''), enabled: conversationId !== null });
  const entries = useStore(liveEntries);
  const sending = useStore(outbox);
  const { data, fetchNextPage } = query;
  useEffect(() => {
    for (const run of data?.pages[0]?.runs ?? []) follow(run);
  }, [data]);
  const messages = useMemo(() => (conversationId === null ? [] : threadMessages(data)), [conversationId, data]);
  const live = useMemo(() => {
    const mine = entries.filter((entry) => entry.conversationId === conversationId);
    return mine.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  }, [entries, conversationId]);
  const rows = useMemo(() => {
    const outgoing = sending.filter((one) => one.conversationId === conversationId);
    return rowsOf({ messages, live, outgoing, keyOf: (id) => bubbleKeys.get(id) ?? id });
  }, [messages, live, sending, conversationId]);
  return {
    rows,
    messages,
    runs: live,
    loaded: data !== undefined,
    error: query.error,
    gone: data === undefined && query.error instanceof ApiError && query.error.status === 404,
    hasOlder: query.hasNextPage,
    loadingOlder: query.isFetchingNextPage,
    loadOlder: () => void fetchNextPage(),
  };
}

function useSending(conversationId: string | null, draftKey: string, toLatest: () => void, project: string | undefined) {
  const mode = useMode(draftKey);
  const { current, chosen } = useModelChoice(conversationId);
  const waits = useWaiting();
  const raw = mode === 'raw' || current?.raw_only === true;
  const chosenRef = chosen ? (current?.ref ?? null) : null;
  const request = useMemo(
    () => ({
      ...(chosenRef ? { model: chosenRef } : {}),
      ...(raw ? { mode: 'raw' as const } : {}),
      ...(waits ? { wait_for_model: true } : {}),
    }),
    [chosenRef, raw, waits],
  );
  const send = useCallback(() => {
    const { text, files } = readDraft(draftKey);
    const fresh = freshConfig();
    const configured = conversationId === null && Object.values(fresh).some((value) => value !== null);
    writeDraft(draftKey, { text: '', files: [] });
    submit({ conversationId, text, files, request, config: configured ? fresh : null, project });
    if (configured) handOver();
    requestAnimationFrame(toLatest);
  }, [conversationId, draftKey, request, toLatest, project]);
  const edit = useCallback(
    (message: Message, text: string) => {
      cutAt(message.conversation_id, message.id);
      submit({ conversationId: message.conversation_id, text, files: [], request: { ...request, edit: message.id }, config: null });
      requestAnimationFrame(toLatest);
    },
    [request, toLatest],
  );
  return { send, edit };
}

/** Esc stops the answer, wherever the focus is, unless something is open above the page. */
function useStopKey(running: boolean, stopNow: () => void): void {
  useEffect(() => {
    if (!running) return;
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('[role=dialog],[role=alertdialog],[role=menu]')) return;
      stopNow();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [running, stopNow]);
  useActions(
    () => (running ? [{ id: 'stop', title: t('stop'), group: t('group.answer'), shortcut: 'Esc', run: stopNow }] : []),
    [running, stopNow],
  );
}

function useWarning(conversationId: string | null, draftKey: string, messages: Message[], hasOlder: boolean): string | null {
  const { current } = useModelChoice(conversationId);
  const draft = useDraft(draftKey);
  return blindWarning(current, draft.files) ?? overflowWarning(current, messages, draft.text, hasOlder);
}
