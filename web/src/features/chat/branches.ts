/** Branches: answering again, continuing, and switching between what was said. */
import * as client from '@/api/client';
import { deniedEndpoint } from '@/api/http';
import { conversationListQuery, conversationQuery, messagesKey, putMessage, queryClient, type ThreadData } from '@/api/queries';
import type { Conversation, Message, RunRequest } from '@/api/types';
import { underWay, written } from '@/features/chat/config-writes';
import { follow } from '@/features/chat/live';
import { setRefusal } from '@/features/chat/refusals';
import { t } from '@/i18n/t';
import { conversationHref, go } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';

/** A key that makes sending twice the same as sending once. */
function freshKey(): string {
  return crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
}

/** Answers the same message again, beside the answer that is there. */
export function regenerate(message: Message): Promise<void> {
  return answerBeside(message, { regenerate: message.id });
}

/** Goes on from where an answer stopped, as a new branch that begins with its text. */
export function continueAnswer(message: Message): Promise<void> {
  return answerBeside(message, { continue: message.id });
}

/** The answers that are being asked for again: pressing twice asks once. */
const asking = new Set<string>();

/** The answer that is there stays until the server has accepted: a refusal, or no server, takes nothing off the page. */
async function answerBeside(message: Message, request: RunRequest): Promise<void> {
  const id = message.conversation_id;
  if (asking.has(message.id)) return;
  asking.add(message.id);
  setRefusal(message.id, null);
  rememberBranch(id);
  try {
    await written(id);
    const run = await client.runs.start({ ...request, conversation_id: id }, freshKey());
    replaced(id, message.id);
    follow(run);
  } catch (error) {
    const endpoint = deniedEndpoint(error);
    const reason = error instanceof Error ? error.message : String(error);
    if (endpoint) setRefusal(message.id, { reason, endpoint, retry: () => void answerBeside(message, request) });
    else problem(error);
  } finally {
    asking.delete(message.id);
  }
}

/** Takes a message and what follows it off the page (not from the record): another branch begins here. */
export function cutAt(conversationId: string, messageId: string): void {
  rememberBranch(conversationId);
  cut(conversationId, messageId);
}

/** How often the branch of a conversation was changed here: an answer to an earlier change is not shown any more. */
const moves = new Map<string, number>();

function moved(conversationId: string): () => boolean {
  const mine = (moves.get(conversationId) ?? 0) + 1;
  moves.set(conversationId, mine);
  return () => moves.get(conversationId) === mine;
}

/** Takes off what another branch replaces that the server has accepted; what was being read, of either branch, is read again. */
export function replaced(conversationId: string, messageId: string): void {
  const queryKey = messagesKey(conversationId);
  const reading = queryClient.isFetching({ queryKey }) > 0;
  cut(conversationId, messageId);
  if (reading) void queryClient.invalidateQueries({ queryKey });
}

function cut(conversationId: string, messageId: string): void {
  const queryKey = messagesKey(conversationId);
  moved(conversationId);
  // A page on its way would put back what is cut.
  void queryClient.cancelQueries({ queryKey });
  queryClient.setQueryData<ThreadData>(queryKey, (data) => {
    const at = data?.pages.findIndex((page) => page.items.some((item) => item.id === messageId)) ?? -1;
    if (!data || at < 0) return data;
    const [page, ...older] = data.pages.slice(at);
    if (!page) return data;
    const items = page.items.slice(0, page.items.findIndex((item) => item.id === messageId));
    return { pages: [{ ...page, items }, ...older], pageParams: [null, ...data.pageParams.slice(at + 1)] };
  });
}

const MOST_BRANCHES = 24;
/** Branches seen on this page, the newest last: switching back to one needs no waiting. */
let seen: { conversationId: string; data: ThreadData }[] = [];

function rememberBranch(conversationId: string): void {
  const data = queryClient.getQueryData<ThreadData>(messagesKey(conversationId));
  if (data) seen = [...seen.slice(1 - MOST_BRANCHES), { conversationId, data }];
}

function showSeen(conversationId: string, messageId: string): void {
  const has = (data: ThreadData): boolean => data.pages.some((page) => page.items.some((item) => item.id === messageId));
  const known = seen.findLast((one) => one.conversationId === conversationId && has(one.data));
  if (!known) return;
  void queryClient.cancelQueries({ queryKey: messagesKey(conversationId) });
  const current = queryClient.getQueryData<ThreadData>(messagesKey(conversationId));
  queryClient.setQueryData<ThreadData>(messagesKey(conversationId), withSiblings(known.data, current, messageId));
}

/** What was seen, with the number of versions as it is known now. */
function withSiblings(data: ThreadData, current: ThreadData | undefined, messageId: string): ThreadData {
  const twin = current?.pages.flatMap((page) => page.items).find((item) => item.siblings.ids.includes(messageId));
  if (!twin) return data;
  const { ids, count } = twin.siblings;
  const renew = (item: Message): Message =>
    item.id === messageId ? { ...item, siblings: { ids, count, index: ids.indexOf(messageId) + 1 } } : item;
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(renew) })) };
}

/** Shows the branch that `messageId` belongs to; a message sent meanwhile waits until the server knows. */
export async function switchBranch(conversationId: string, messageId: string): Promise<void> {
  rememberBranch(conversationId);
  showSeen(conversationId, messageId);
  const newest = moved(conversationId);
  const write = (): Promise<Conversation> => client.conversations.change(conversationId, { leaf_id: messageId });
  try {
    await underWay(conversationId, write, (after) => queryClient.setQueryData(conversationQuery(conversationId).queryKey, after));
    if (!newest()) return;
    const page = await client.messages.page(conversationId, null);
    page.runs.forEach(follow);
    if (newest()) queryClient.setQueryData<ThreadData>(messagesKey(conversationId), { pages: [page], pageParams: [null] });
  } catch (error) {
    problem(error);
  }
}

/** Rates an answer; the same rating again takes it back. */
export async function rate(message: Message, value: 1 | -1): Promise<void> {
  const next = message.feedback === value ? null : value;
  putMessage(message.conversation_id, { ...message, feedback: next });
  try {
    await client.messages.feedback(message.id, next);
  } catch (error) {
    putMessage(message.conversation_id, message);
    problem(error);
  }
}

/** Opens a new conversation that has everything up to this message. */
export async function forkFrom(message: Message): Promise<void> {
  try {
    const copy = await client.conversations.fork(message.conversation_id, message.id);
    void queryClient.invalidateQueries({ queryKey: conversationListQuery().queryKey });
    go(conversationHref(copy.id));
    toast(t('fork.done'));
  } catch (error) {
    problem(error);
  }
}
