/** The routes of the server as typed functions. */
import { address, ApiError, call, holdUntil, send, sessionOpened, setCsrfToken, unsafeHeaders } from '@/api/http';
import type {
  Batch, BatchRequest, Conversation, ConversationChange, ConversationCreate, ConversationPage, Endpoint, EndpointCreate, EndpointPage, ManifestPage,
  EndpointTest, ErrorList, ExportFormat, ExportReport, Feedback, ImportResult, ImportUpload, KeyPage, Machine, Message, MessagePage, Model,
  ModelList, NewApiKey, Problem, Purged, Run, RunRequest, SearchPage, Session, StoredFile, Summary, SystemInfo, TagPage,
} from '@/api/types';

type Cursor = string | null;

function keep(session: Session): Session {
  setCsrfToken(session.csrf_token);
  return session;
}

export const session = {
  get: () => {
    const asked = call<Session>('/session').then(keep);
    holdUntil(asked);
    return asked;
  },
  open: async (password: string) => keep(await call<Session>('/session', { method: 'POST', json: { password } })),
  close: () => call<void>('/session', { method: 'DELETE' }),
  setPassword: (current: string | null, next: string) =>
    call<void>('/owner/password', { method: 'PUT', json: { current_password: current, new_password: next } }),
};

/** Which conversations a list shows: those at hand, or those of another place; with a tag, where one is named. */
export interface Shelf {
  place?: 'archived' | 'deleted';
  tag?: string;
}

const at = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

export const conversations = {
  list: (cursor: Cursor, shelf: Shelf = {}) =>
    call<ConversationPage>('/conversations', { query: { limit: 40, cursor, deleted: shelf.place === 'deleted', archived: shelf.place === 'archived', tag: shelf.tag } }),
  get: (id: string) => call<Conversation>(at(id)),
  create: (init: ConversationCreate) =>
    call<Conversation>('/conversations', { method: 'POST', json: init }),
  change: (id: string, change: ConversationChange) =>
    call<Conversation>(at(id), { method: 'PATCH', json: change }),
  trash: (id: string) => call<void>(at(id), { method: 'DELETE' }),
  restore: (id: string) => call<Conversation>(`${at(id)}/restore`, { method: 'POST' }),
  purge: (id: string) => call<void>(at(id), { method: 'DELETE', query: { purge: true } }),
  emptyTrash: () => call<Purged>('/trash', { method: 'DELETE' }),
  fork: (id: string, messageId: string) =>
    call<Conversation>(`${at(id)}/fork`, { method: 'POST', json: { message_id: messageId } }),
  tags: () => call<TagPage>('/conversations/tags'),
  batch: (request: BatchRequest) => call<Batch>('/conversations/batches', { method: 'POST', json: request }),
  undo: (batchId: string) => call<Batch>(`/conversations/batches/${encodeURIComponent(batchId)}/undo`, { method: 'POST' }),
  exportAddress: (id: string, format: ExportFormat) => address(`${at(id)}/export`, { format }),
  exportReport: (id: string, format: ExportFormat) =>
    call<ExportReport>(`${at(id)}/export`, { query: { format, report: true } }),
  /** Many as one ZIP. */
  exportMany: async (ids: readonly string[], format: ExportFormat) =>
    (await send('/conversations/export', { method: 'POST', json: { ids, format }, headers: { Accept: '*/*' } })).blob(),
  import: (body: Blob, format: ExportFormat) =>
    call<ImportResult>('/conversations/import', { method: 'POST', query: { format }, body }),
};

export const messages = {
  page: (conversationId: string, cursor: Cursor) =>
    call<MessagePage>(`${at(conversationId)}/messages`, { query: { limit: 50, cursor } }),
  get: (id: string) => call<Message>(`/messages/${encodeURIComponent(id)}`),
  change: (id: string, text: string) =>
    call<Message>(`/messages/${encodeURIComponent(id)}`, { method: 'PATCH', json: { text } }),
  feedback: (id: string, value: Feedback) =>
    call<Message>(`/messages/${encodeURIComponent(id)}/feedback`, { method: 'PUT', json: { value } }),
};

export const summaries = { get: (id: string) => call<Summary>(`/summaries/${encodeURIComponent(id)}`) };

export const runs = {
  start: (request: RunRequest, key: string) =>
    call<Run>('/runs', { method: 'POST', json: request, headers: { 'Idempotency-Key': key } }),
  get: (id: string) => call<Run>(`/runs/${encodeURIComponent(id)}`),
  cancel: (id: string) => call<Run>(`/runs/${encodeURIComponent(id)}/cancel`, { method: 'POST' }),
};

export const models = {
  list: () => call<ModelList>('/models'),
  refresh: () => call<ModelList>('/models/refresh', { method: 'POST' }),
  addFile: (file: File, onProgress: (share: number) => void) =>
    upload<Model>(address('/models/files', { name: file.name }), file, onProgress).done,
};

export const endpoints = {
  list: () => call<EndpointPage>('/endpoints'),
  known: () => call<ManifestPage>('/endpoints/known'),
  add: (endpoint: EndpointCreate) => call<Endpoint>('/endpoints', { method: 'POST', json: endpoint }),
  remove: (id: string) => call<void>(`/endpoints/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  test: (id: string) => call<EndpointTest>(`/endpoints/${encodeURIComponent(id)}/test`, { method: 'POST' }),
};

export const keys = {
  list: () => call<KeyPage>('/keys'),
  add: (name: string) => call<NewApiKey>('/keys', { method: 'POST', json: { name } }),
  remove: (id: string) => call<void>(`/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
};

export const search = (q: string, cursor: Cursor, signal?: AbortSignal) =>
  call<SearchPage>('/search', { query: { q, limit: 20, cursor, zone: Intl.DateTimeFormat().resolvedOptions().timeZone }, ...(signal ? { signal } : {}) });

export const system = {
  get: () => call<SystemInfo>('/system'),
  hardware: () => call<Machine>('/hardware'),
  errors: () => call<ErrorList>('/errors'),
};

export interface Upload<T> {
  done: Promise<T>;
  abort: () => void;
}

export const files = {
  address: (id: string) => address(`/files/${encodeURIComponent(id)}/content`),
  text: async (id: string) => (await send(`/files/${encodeURIComponent(id)}/content`, { headers: { Accept: '*/*' } })).text(),
  add: (file: File, onProgress: (share: number) => void): Upload<StoredFile> => {
    const form = new FormData();
    form.append('file', file, file.name);
    return upload<StoredFile>(address('/files'), form, onProgress);
  },
};

/** Sends a file that waits for its import. */
export function importFile(file: File, onProgress: (share: number) => void): Upload<ImportUpload> {
  return upload<ImportUpload>(address('/imports/files', { name: file.name }), file, onProgress);
}

/** An upload with progress (0 to 1), which `fetch` cannot report. */
function upload<T>(url: string, body: XMLHttpRequestBodyInit, onProgress: (share: number) => void): Upload<T> {
  const stopped = new AbortController();
  const done = sessionOpened().then(() => transfer<T>(url, body, onProgress, stopped.signal));
  return { done, abort: () => stopped.abort() };
}

function transfer<T>(url: string, body: XMLHttpRequestBodyInit, onProgress: (share: number) => void, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    signal.addEventListener('abort', () => request.abort());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, { code: 'network.unreachable', detail: 'The server cannot be reached.' }));
    request.onabort = () => reject(new DOMException('Aborted', 'AbortError'));
    request.onload = () => {
      const answer = parsed(request.responseText);
      if (request.status < 300) resolve(answer as T);
      else reject(new ApiError(request.status, (answer ?? {}) as Problem));
    };
    request.open('POST', url);
    for (const [name, value] of Object.entries(unsafeHeaders())) request.setRequestHeader(name, value);
    request.send(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
