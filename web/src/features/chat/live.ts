/** The runs this tab follows: one reducer state each, fed from the socket in small batches. */
import { useSyncExternalStore } from 'react';
import * as client from '@/api/client';
import { messagesKey, putMessage, queryClient, threadMessages, type ThreadData } from '@/api/queries';
import { ask, subscribe } from '@/api/socket';
import type { Envelope } from '@/api/envelopes';
import type { Run } from '@/api/types';
import { t } from '@/i18n/t';
import { announce } from '@/lib/announce';
import { createStore, type Store } from '@/lib/store';
import { fromRun, isSettled, reduceAll, type StreamPart, type StreamState } from '@/lib/stream';

interface LiveRun {
  state: Store<StreamState>;
  waiting: Envelope[];
  timer: ReturnType<typeof setTimeout> | undefined;
  begun: boolean;
  close: () => void;
}

/** What the thread needs to place an answer; changes when runs come and go, never per token. */
export interface LiveEntry {
  runId: string;
  conversationId: string;
  messageId: string;
  userMessageId: string | null;
  parentId: string | null;
  createdAt: string;
}

/** How often new text is shown: often while the answer is short, calmly while it is long. */
const FLUSH_MS = 40;
const SLOWEST_FLUSH_MS = 160;
const BYTES_PER_EXTRA_MS = 64;
/** Text that arrives within this time after Stop was on its way already; later text is not shown. */
const STOP_GRACE_MS = 25;

const followed = new Map<string, LiveRun>();
const settledRuns = new Set<string>();
export const liveEntries = createStore<readonly LiveEntry[]>([]);

/** Follows a run from the snapshot given; a run already followed or settled is left as it is. */
export function follow(run: Run): void {
  if (followed.has(run.id) || settledRuns.has(run.id) || isSettled(run) || isRead(run)) return;
  const state = createStore(fromRun(run));
  const live: LiveRun = {
    state,
    waiting: [],
    timer: undefined,
    begun: run.parts.length > 0,
    close: () => undefined,
  };
  followed.set(run.id, live);
  liveEntries.set((all) => [...all, entryOf(run)]);
  live.close = subscribe(`run:${run.id}`, {
    after: () => live.state.get().lastSeq,
    onEvent: (event) => receive(run.id, event as Envelope),
    onResync: () => void refresh(run.id),
  });
}

/** True where the thread has the whole answer: what the server said of the run is older. */
function isRead(run: Run): boolean {
  const read = threadMessages(queryClient.getQueryData<ThreadData>(messagesKey(run.conversation_id)));
  return read.some((message) => message.id === run.message_id && message.state !== 'interrupted');
}

function entryOf(run: Run): LiveEntry {
  return {
    runId: run.id,
    conversationId: run.conversation_id,
    messageId: run.message_id,
    userMessageId: run.user_message_id,
    parentId: run.parent_id,
    createdAt: run.created_at,
  };
}

const noSubscription = (): (() => void) => () => undefined;

/** What `select` takes of a followed run's state (null where it is not followed). */
export function useLive<T>(runId: string | null, select: (state: StreamState | null) => T): T {
  const store = runId === null ? undefined : followed.get(runId)?.state;
  return useSyncExternalStore(store?.subscribe ?? noSubscription, () => select(store?.get() ?? null));
}

function receive(runId: string, event: Envelope): void {
  const live = followed.get(runId);
  if (!live) return;
  live.waiting.push(event);
  if (isTerminal(event)) flush(runId);
  else live.timer ??= setTimeout(() => flush(runId), pauseFor(live.state.get()));
}

function pauseFor(state: StreamState): number {
  const bytes = state.parts.reduce((sum, part) => sum + part.bytes, 0);
  return Math.min(FLUSH_MS + bytes / BYTES_PER_EXTRA_MS, SLOWEST_FLUSH_MS);
}

function isTerminal(event: Envelope): boolean {
  return ['run.completed', 'run.cancelled', 'run.failed', 'run.interrupted'].includes(event.type);
}

function flush(runId: string): void {
  const live = followed.get(runId);
  if (!live) return;
  clearTimeout(live.timer);
  live.timer = undefined;
  const events = live.waiting;
  live.waiting = [];
  const before = live.state.get();
  const next = reduceAll({ ...before, gap: false }, events);
  live.state.set(next);
  announceStart(live, next);
  if (next.gap) ask(`run:${runId}`);
  const terminal = events.find(isTerminal);
  if (terminal) settle(runId, live, terminal);
}

function announceStart(live: LiveRun, state: StreamState): void {
  if (live.begun || state.parts.every((part) => part.text === '')) return;
  live.begun = true;
  announce(t('announce.start'));
}

function settle(runId: string, live: LiveRun, event: Envelope): void {
  const state = live.state.get();
  const message = 'message' in event ? event.message : null;
  const queryKey = messagesKey(state.conversationId);
  // What is being read may have been answered before the end: it would take the answer off the page for a moment.
  const reading = queryClient.isFetching({ queryKey }) > 0;
  void queryClient.cancelQueries({ queryKey });
  if (message) putMessage(state.conversationId, message);
  finish(runId, live);
  if (!message || reading) void queryClient.invalidateQueries({ queryKey });
  announce(t(event.type === 'run.completed' ? 'announce.end' : endKey(event.type)));
}

function endKey(type: string): 'announce.stopped' | 'announce.failed' {
  return type === 'run.cancelled' ? 'announce.stopped' : 'announce.failed';
}

/** What was on the page when the person stopped an answer: nothing is added to it here afterwards. */
export const stoppedParts = new Map<string, readonly StreamPart[]>();

function finish(runId: string, live: LiveRun): void {
  clearTimeout(live.timer);
  live.close();
  followed.delete(runId);
  settledRuns.add(runId);
  liveEntries.set((all) => all.filter((entry) => entry.runId !== runId));
}

/** Stops a run: what is shown stays, nothing is added afterwards. */
export async function stop(runId: string): Promise<void> {
  const live = followed.get(runId);
  if (!live) return;
  setTimeout(() => freeze(runId), STOP_GRACE_MS);
  await client.runs.cancel(runId);
}

function freeze(runId: string): void {
  const live = followed.get(runId);
  if (!live) return;
  flush(runId);
  if (isSettled(live.state.get())) return;
  stoppedParts.set(live.state.get().messageId, live.state.get().parts);
  live.state.set((state) => ({ ...state, status: 'cancelled', phase: null }));
}

/** Reads the run again over REST, when the socket cannot replay it. */
async function refresh(runId: string): Promise<void> {
  const live = followed.get(runId);
  if (!live) return;
  const run = await client.runs.get(runId);
  if (!isSettled(run)) {
    live.state.set(fromRun(run));
    ask(`run:${runId}`);
    return;
  }
  finish(runId, live);
  await queryClient.invalidateQueries({ queryKey: messagesKey(run.conversation_id) });
}
