/** Changes of conversations, whose code is loaded when the first is made. */
import type { BatchRequest, Conversation } from '@/api/types';
import { problem } from '@/lib/toasts';

const load = () => import('@/features/conversations/changes');

/** Changes conversations; what is refused is told in a notice. */
export function apply(request: BatchRequest): void {
  load().then((changes) => changes.applied(request)).catch(problem);
}

/** Gives a conversation a title. */
export function rename(item: Conversation, title: string): void {
  load().then((changes) => changes.rename(item, title)).catch(problem);
}
