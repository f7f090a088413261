/** What changed for this person elsewhere: another tab, another device, the server itself. */
import { conversationListQuery, conversationQuery, messagesKey, queryClient, readAgain } from '@/api/queries';
import { subscribe } from '@/api/socket';
import type { MeEvent } from '@/api/envelopes';
import { noteProgress } from '@/api/jobs';

const SETTLE_MS = 120;
/** What is read again when models, their servers or the configuration changed; asked only where it is on the page. */
const BROKER = [
  'models', 'endpoints', 'figures', 'loaded', 'swaps', 'roles', 'role', 'catalogue', 'consents', 'notices', 'config',
  'profiles', 'profile', 'privacy',
];

const ELSEWHERE = new Set(['conversation.deleted', 'conversation.purged', 'conversation.restored']);
/** What is read again when a project changed: what shows it, and where what is in it says so. */
const PROJECTS = ['projects', 'project', 'conversations', 'conversation'];

const dirty = new Map<string, readonly unknown[]>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads a query again soon, once for many events. */
function refresh(queryKey: readonly unknown[]): void {
  dirty.set(JSON.stringify(queryKey), queryKey);
  timer ??= setTimeout(() => {
    timer = undefined;
    const keys = [...dirty.values()];
    dirty.clear();
    for (const key of keys) void readAgain(key);
  }, SETTLE_MS);
}

/** Takes a conversation out of what can be read offline. */
async function forgetSaved(id: string): Promise<void> {
  for (const name of 'caches' in window ? await caches.keys() : []) {
    if (!name.includes('chats')) continue;
    const saved = await caches.open(name);
    for (const request of await saved.keys()) if (request.url.includes(`/conversations/${id}`)) await saved.delete(request);
  }
}

/** Forgets what is shown of a conversation and reads it again: it may be gone, or back. */
function showAnew(id: string): void {
  void forgetSaved(id);
  for (const queryKey of [conversationQuery(id).queryKey, messagesKey(id)]) void queryClient.resetQueries({ queryKey });
}
const ASSISTANTS = ['assistants', 'assistant'];

function refreshAll(): void {
  refresh(['conversations']);
  refresh(['conversation']);
  refresh(['messages']);
  for (const key of [...BROKER, ...ASSISTANTS, 'projects', 'project', 'jobs']) refresh([key]);
}

function onEvent(event: MeEvent): void {
  const id = event.conversation_id;
  if (event.type.startsWith('conversation.')) {
    refresh(['conversations']);
    refresh(['projects']);
    if (id && event.type === 'conversation.updated') refresh(conversationQuery(id).queryKey);
    if (id && ELSEWHERE.has(event.type)) showAnew(id);
  } else if (event.type.startsWith('run.') || event.type.startsWith('message.')) {
    refresh(conversationListQuery().queryKey);
    refresh(['conversations', 'project']);
    if (event.type === 'run.created') refresh(['projects']);
    if (id) refresh(messagesKey(id));
  } else if (event.type.startsWith('assistant.')) {
    for (const key of ASSISTANTS) refresh([key]);
  } else if (event.type === 'model.changed' || event.type === 'config.changed') {
    for (const key of BROKER) refresh([key]);
  } else if (event.type === 'job.changed') {
    if (!noteProgress(event)) refresh(['jobs']);
  } else if (event.type === 'model.pull') {
    refresh(['pulls']);
  } else if (event.type === 'import.changed') {
    refresh(['imports']);
    refresh(['conversations']);
  } else if (event.type.startsWith('project.')) {
    for (const key of PROJECTS) refresh([key]);
  } else if (event.type.startsWith('notification.')) {
    refresh(['notices']);
    refresh(['roles']);
  }
}

/** Listens until the returned function is called. */
export function followMe(): () => void {
  let after: number | null = null;
  let connections = 0;
  let begun = 0;
  return subscribe('me', {
    after: () => after,
    // What was read since the page began may have changed before it was listened for.
    since: () => performance.now(),
    onEvent: (event) => {
      after = event.seq;
      onEvent(event as MeEvent);
      // What was missed is told by its conversation alone, turns too.
      if (event.seq <= begun && event.conversation_id) refresh(messagesKey(event.conversation_id));
    },
    onResync: () => {
      after = null;
      refreshAll();
    },
    onSubscribed: (newest) => {
      begun = newest;
      connections += 1;
      if (connections > 1) refreshAll();
    },
  });
}
