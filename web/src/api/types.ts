/** The shapes of the wire, as the server's REST, SSE and WebSocket surfaces send them. */

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export interface Session {
  authenticated: boolean;
  password_set: boolean;
  csrf_token: string | null;
  person: { id: string; name: string } | null;
  organisation: { id: string; name: string } | null;
  version: string;
}

export interface ConversationConfig {
  model: string | null;
  system_prompt: string | null;
  temperature: number | null;
  metadata: Record<string, unknown>;
}

export interface Conversation {
  id: string;
  title: string | null;
  title_source: 'auto' | 'person' | null;
  config: ConversationConfig;
  leaf_id: string | null;
  created_at: string;
  last_activity_at: string;
  deleted_at: string | null;
  running: boolean;
}

export interface Citation {
  type: 'citation';
  conversation_id?: string | null;
  message_id?: string | null;
  file_id?: string | null;
  title: string;
  quote: string;
  start?: number | null;
  end?: number | null;
}

export interface FilePart {
  type: 'image' | 'file';
  file_id: string;
  name: string;
  media_type: string;
  size: number;
}

export type Part =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call'; call_id: string; name: string; arguments: string }
  | { type: 'tool_result'; call_id: string; name: string; content: string; is_error: boolean }
  | FilePart
  | Citation
  | { type: 'data'; media_type: string; base64: string; shown: string };

export type Role = 'user' | 'assistant' | 'system' | 'tool';
export type Mode = 'chat' | 'raw';
export type MessageState = 'complete' | 'interrupted' | 'failed' | 'cancelled';
export type Feedback = 1 | -1 | null;

export interface WireError {
  code: string;
  message: string;
}

export interface Message {
  id: string;
  conversation_id: string;
  parent_id: string | null;
  role: Role;
  parts: Part[];
  mode: Mode;
  state: MessageState;
  model: string | null;
  model_reason: string | null;
  run_id: string | null;
  token_count: number | null;
  processing_time_ms: number | null;
  cost: { amount: number | string; currency: string } | null;
  confidence: number | null;
  confidence_method: string | null;
  metadata: Record<string, unknown>;
  feedback: Feedback;
  error: WireError | null;
  siblings: { index: number; count: number; ids: string[] };
  created_at: string;
}

export type RunStatus =
  | 'queued'
  | 'waiting'
  | 'running'
  | 'completed'
  | 'cancelled'
  | 'failed'
  | 'interrupted';

export type Phase = 'queued' | 'waiting_for_model' | 'loading' | 'searching' | 'thinking' | 'writing';

export interface Run {
  id: string;
  kind: string;
  conversation_id: string;
  user_message_id: string | null;
  message_id: string;
  parent_id: string | null;
  status: RunStatus;
  phase: Phase | null;
  position: number | null;
  model: string | null;
  model_reason: string | null;
  text: string;
  parts: Part[];
  last_seq: number;
  usage: Record<string, number> | null;
  error: WireError | null;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  context_report: Record<string, unknown> | null;
}

export interface MessagePage extends Page<Message> {
  runs: Run[];
}

interface EnvelopeHead {
  v: number;
  seq: number;
  ts: string;
  conversation_id: string;
  run_id: string;
  message_id: string;
}

export type EnvelopeBody =
  | { type: 'run.started'; model: string | null; model_reason: string | null }
  | { type: 'run.status'; phase: Phase; position?: number | null }
  | { type: 'run.completed'; message: Message }
  | { type: 'run.cancelled'; message: Message | null }
  | { type: 'run.failed'; error: WireError; message: Message | null }
  | { type: 'run.interrupted'; message: Message | null }
  | { type: 'part.started'; part: number; kind: string; name?: string; call_id?: string }
  | { type: 'part.delta'; part: number; offset: number; text: string }
  | { type: 'part.replaced'; part: number; text: string }
  | { type: 'part.completed'; part: number }
  | { type: 'citation.added'; part: number; citation: Omit<Citation, 'type'> }
  | { type: 'context.report'; report: Record<string, unknown> };

export type Envelope = EnvelopeHead & EnvelopeBody;

export interface RunRequest {
  conversation_id?: string;
  parent_id?: string | null;
  text?: string;
  files?: string[];
  regenerate?: string;
  edit?: string;
  continue?: string;
  model?: string;
  temperature?: number;
  system_prompt?: string;
  mode?: Mode;
  wait_for_model?: boolean;
}

export interface StoredFile {
  id: string;
  name: string;
  media_type: string;
  size: number;
  sha256: string;
  created_at: string;
}

export interface Model {
  ref: string;
  name: string;
  provider: string;
  endpoint: string;
  local: boolean;
  context_length: number | null;
  vision: boolean | null;
  tools: boolean | null;
  reasoning: boolean | null;
  raw_only: boolean;
  size_bytes: number | null;
  available: boolean;
  detail: string;
}

export interface ModelList {
  items: Model[];
  default: { ref: string; reason: string } | null;
}

export interface Endpoint {
  /** Null for one that was found by itself: it cannot be removed. */
  id: string | null;
  name: string;
  wire: string;
  base_url: string | null;
  has_key: boolean;
  models: number;
}

export interface EndpointTest {
  ok: boolean;
  models: number;
  latency_ms: number | null;
  detail: string;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  created_at: string;
  secret?: string;
  last_used_at?: string | null;
}

export interface SearchHit {
  conversation_id: string;
  conversation_title: string | null;
  message_id: string;
  role: Role;
  snippet: { text: string; hit: boolean }[];
  created_at: string;
}

export interface SystemInfo {
  version: string;
  hardware: {
    cpu: string | null;
    cores: number | null;
    memory_total: number | null;
    memory_available: number | null;
    disk_free?: number | null;
    /** Null: could not be read. */
    gpus: unknown[] | null;
  };
  models: number;
  data_folder: string;
  encryption: string;
  network: string;
  database: string;
}

export interface ErrorGroup {
  code: string;
  fingerprint: string;
  count: number;
  first_at: string;
  last_at: string;
  run_id: string | null;
  message: string;
}

export type ExportFormat = 'json' | 'jsonl' | 'markdown' | 'openai';

export interface ImportResult {
  conversation_id: string;
  report: { messages: number; parts: number; notes: string[] };
}

export interface MeEvent {
  channel: 'me';
  seq: number;
  type: string;
  conversation_id?: string;
  message_id?: string;
  run_id?: string;
}
