/** Branches: answering again, continuing, and switching between what was said. */
import * as client from '@/api/client';
import { conversationListQuery, conversationQuery, messagesKey, putMessage, queryClient, type ThreadData } from '@/api/queries';
import type { Conversation, Message, RunRequest } from '@/api/types';
import { follow } from '@/features/chat/live';
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

async function answerBeside(message: Message, request: RunRequest): Promise<void> {
  const id = message.conversation_id;
  cutAt(id, message.id);
  try {
    follow(await client.runs.start({ ...request, conversation_id: id }, freshKey()));
  } catch (error) {
    problem(error);
    await queryClient.invalidateQueries({ queryKey: messagesKey(id) });
  }
}

/** Takes a message and what follows it off the page (not from the record): another branch begins here. */
export function cutAt(conversationId: string, messageId: string): void {
  queryClient.setQueryData<ThreadData>(messagesKey(conversationId), (data) => {
    const at = data?.pages.findIndex((page) => page.items.some((item) => item.id === messageId)) ?? -1;
    if (!data || at < 0) return data;
    const [page, ...older] = data.pages.slice(at);
    if (!page) return data;
    const items = page.items.slice(0, page.items.findIndex((item) => item.id === messageId));
    return { pages: [{ ...page, items }, ...older], pageParams: [null, ...data.pageParams.slice(at + 1)] };
  });
}

/** Shows the branch that `messageId` belongs to. */
export async function switchBranch(conversationId: string, messageId: string): Promise<void> {
  try {
    const changed = await client.conversations.change(conversationId, { leaf_id: messageId });
    queryClient.setQueryData<Conversation>(conversationQuery(conversationId).queryKey, changed);
    const page = await client.messages.page(conversationId, null);
    page.runs.forEach(follow);
    queryClient.setQueryData<ThreadData>(messagesKey(conversationId), { pages: [page], pageParams: [null] });
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
