/**
 * Messages on their way to the server. A bubble is there before the request; a failed one keeps
 * its text and can be retried; one written offline is sent when the server is back.
 */
import * as client from '@/api/client';
import { ApiError, deniedEndpoint } from '@/api/http';
import { conversationListQuery, messagesKey, queryClient, type ThreadData } from '@/api/queries';
import { connection } from '@/api/socket';
import type { ConversationConfig, FilePart, Message, Part, Run, RunRequest, StoredFile } from '@/api/types';
import { replaced } from '@/features/chat/branches';
import { written } from '@/features/chat/config-writes';
import { moveDraft, NEW } from '@/features/chat/drafts';
import { follow } from '@/features/chat/live';
import { readSaved, writeSaved } from '@/lib/saved';
import { createStore } from '@/lib/store';

export interface Outgoing {
  key: string;
  conversationId: string | null;
  text: string;
  files: StoredFile[];
  request: RunRequest;
  /** Settings chosen before the conversation exists. */
  config: Partial<ConversationConfig> | null;
  /** The project a new conversation is made in. */
  project?: string | undefined;
  /** The conversation made for it, where its first message was refused: the next try goes there. */
  made?: string;
  status: 'sending' | 'offline' | 'failed';
  error: string | null;
  /** The server beyond this machine that may not be asked, where that is why it failed. */
  denied?: string | undefined;
  createdAt: string;
}

export const outbox = createStore<readonly Outgoing[]>(restored());
/** Which bubble became which message, so that the bubble stays the same element. */
export const bubbleKeys = new Map<string, string>();

const busy = new Set<string>();
let onCreated: (conversationId: string, key: string) => void = () => undefined;

/** Called when a message from the empty page has become a conversation. */
export function whenCreated(listener: typeof onCreated): void {
  onCreated = listener;
}

function restored(): Outgoing[] {
  const saved = readSaved<Outgoing[]>('outbox', []);
  return saved.map((one) => (one.status === 'sending' ? { ...one, status: 'offline' } : one));
}

function update(change: (all: readonly Outgoing[]) => readonly Outgoing[]): void {
  outbox.set(change);
  const all = outbox.get();
  writeSaved('outbox', all.length === 0 ? null : all);
}

function patch(key: string, change: Partial<Outgoing>): void {
  update((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)));
}

/** Takes a message away, returning it (to be written again) or undefined. */
export function discard(key: string): Outgoing | undefined {
  const one = outbox.get().find((other) => other.key === key);
  update((all) => all.filter((other) => other.key !== key));
  return one;
}

export type Submission = Pick<Outgoing, 'conversationId' | 'text' | 'files' | 'request' | 'config' | 'project'>;

/** Shows the bubble at once and sends the message after those before it. */
export function submit(submission: Submission): void {
  const key = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const createdAt = new Date().toISOString();
  update((all) => [...all, { ...submission, key, status: 'sending', error: null, createdAt }]);
  void drain(submission.conversationId ?? NEW);
}

/** Sends a failed or offline message again. */
export function retry(key: string): void {
  patch(key, { status: 'sending', error: null, denied: undefined });
  const one = outbox.get().find((other) => other.key === key);
  if (one) void drain(one.conversationId ?? NEW);
}

/** Sends everything that waited for the server. */
export function retryOffline(): void {
  for (const one of outbox.get()) if (one.status === 'offline') retry(one.key);
}

connection.subscribe(() => connection.get() === 'open' && retryOffline());

async function drain(place: string): Promise<void> {
  if (busy.has(place)) return;
  busy.add(place);
  try {
    for (let one = next(place); one; one = next(place)) await sendOne(one);
  } finally {
    busy.delete(place);
  }
}

function next(place: string): Outgoing | undefined {
  return outbox.get().find((one) => one.status === 'sending' && (one.conversationId ?? NEW) === place);
}

async function sendOne(one: Outgoing): Promise<void> {
  try {
    const run = await client.runs.start(await requestOf(one), one.key);
    accepted(one, run);
  } catch (error) {
    // Without a connection it waits for the next one; where there is one, something else is in the way.
    const offline = error instanceof ApiError && error.offline && (connection.get() !== 'open' || !navigator.onLine);
    const text = error instanceof Error ? error.message : String(error);
    patch(one.key, { status: offline ? 'offline' : 'failed', error: text, denied: deniedEndpoint(error) });
  }
}

async function requestOf(one: Outgoing): Promise<RunRequest> {
  if (one.conversationId) await written(one.conversationId);
  const request: RunRequest = { ...one.request, text: one.text };
  if (one.files.length > 0) request.files = one.files.map((file) => file.id);
  if (one.conversationId) return { ...request, conversation_id: one.conversationId };
  if (one.made) return { ...request, conversation_id: one.made };
  if (!one.config) return one.project ? { ...request, project_id: one.project } : request;
  const { id } = await createConversation(one.config, one.project);
  patch(one.key, { config: null, made: id });
  return { ...request, conversation_id: id };
}

function createConversation(config: Partial<ConversationConfig>, project: string | undefined): Promise<{ id: string }> {
  return client.conversations.create(project ? { config, project_id: project } : { config });
}

/** The server has the message: the bubble becomes the message, the run is followed. */
function accepted(one: Outgoing, run: Run): void {
  const id = run.conversation_id;
  if (run.user_message_id) {
    bubbleKeys.set(run.user_message_id, one.key);
    // What was read meanwhile may still be the branch that was left.
    if (one.request.edit) replaced(id, one.request.edit);
    addToThread(id, userMessage(one, run, run.user_message_id));
  }
  follow(run);
  update((all) =>
    all
      .filter((other) => other.key !== one.key)
      .map((other) => (one.conversationId === null && other.conversationId === null ? { ...other, conversationId: id } : other)),
  );
  if (one.conversationId !== null) return;
  moveDraft(NEW, id);
  void queryClient.invalidateQueries({ queryKey: conversationListQuery().queryKey });
  onCreated(id, one.key);
  void drain(id);
}

function addToThread(conversationId: string, message: Message): void {
  queryClient.setQueryData<ThreadData>(messagesKey(conversationId), (data) => {
    if (!data) return { pages: [{ items: [message], next_cursor: null, runs: [] }], pageParams: [null] };
    if (data.pages.some((page) => page.items.some((item) => item.id === message.id))) return data;
    const [newest, ...older] = data.pages;
    if (!newest) return data;
    const items = [...upTo(newest.items, message.parent_id), message];
    return { ...data, pages: [{ ...newest, items }, ...older] };
  });
}

/** The messages up to `parent`; what followed it belongs to another branch now. */
function upTo(items: Message[], parent: string | null): Message[] {
  const at = items.findIndex((item) => item.id === parent);
  return at < 0 || !items.slice(at + 1).some((item) => item.parent_id === parent) ? items : items.slice(0, at + 1);
}

function userMessage(one: Outgoing, run: Run, id: string): Message {
  const text: Part[] = one.text === '' ? [] : [{ type: 'text', text: one.text }];
  return {
    id,
    conversation_id: run.conversation_id,
    parent_id: null,
    role: 'user',
    parts: [...one.files.map(filePart), ...text],
    mode: one.request.mode ?? 'chat',
    state: 'complete',
    model: null,
    model_reason: null,
    run_id: run.id,
    token_count: null,
    processing_time_ms: null,
    cost: null,
    confidence: null,
    confidence_method: null,
    metadata: {},
    feedback: null,
    error: null,
    siblings: { index: 1, count: 1, ids: [id] },
    created_at: run.created_at,
  };
}

function filePart(file: StoredFile): FilePart {
  const type = file.media_type.startsWith('image/') ? 'image' : 'file';
  return { type, file_id: file.id, name: file.name, media_type: file.media_type, size: file.size };
}
