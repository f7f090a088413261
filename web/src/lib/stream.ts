/**
 * The stream of one run as a pure reducer: envelopes in, the answer's parts out.
 * Takes from a delta only what lies beyond the bytes it has, so a replay never doubles text;
 * a hole in the bytes sets `gap`, and the reader subscribes again after `lastSeq`.
 */
import type { Envelope } from '@/api/envelopes';
import type { Citation, Message, Part, Phase, Run, RunStatus, WireError } from '@/api/types';
import { dropUtf8, utf8Length } from '@/lib/bytes';

export interface StreamPart {
  kind: string;
  text: string;
  bytes: number;
  done: boolean;
  /** What a part carries beside its text: a tool's name, a citation, a file. */
  source: Part | null;
  name: string | null;
}

export interface StreamState {
  runId: string;
  conversationId: string;
  messageId: string;
  userMessageId: string | null;
  parentId: string | null;
  status: RunStatus;
  phase: Phase | null;
  position: number | null;
  /** Why no model can answer now, while it waits for one. */
  waitsBecause: WireError | null;
  model: string | null;
  modelReason: string | null;
  /** The model that was wanted and is away or did not begin to answer, in whose place this one does. */
  stoodInFor: string | null;
  parts: readonly StreamPart[];
  lastSeq: number;
  gap: boolean;
  error: WireError | null;
  message: Message | null;
  report: Record<string, unknown> | null;
  createdAt: string;
}

const SETTLED: readonly RunStatus[] = ['completed', 'cancelled', 'failed', 'interrupted'];

/** True once the run has its one terminal state. */
export function isSettled(state: { status: RunStatus }): boolean {
  return SETTLED.includes(state.status);
}

/** The state a run begins with, from the snapshot REST gave. */
export function fromRun(run: Run): StreamState {
  return {
    runId: run.id,
    conversationId: run.conversation_id,
    messageId: run.message_id,
    userMessageId: run.user_message_id,
    parentId: run.parent_id,
    status: run.status,
    phase: run.phase,
    position: run.position,
    waitsBecause: run.waits_because ?? null,
    model: run.model,
    modelReason: run.model_reason,
    stoodInFor: run.stood_in_for,
    parts: run.parts.map(fromPart),
    lastSeq: run.last_seq,
    gap: false,
    error: run.error,
    message: null,
    report: run.context_report,
    createdAt: run.created_at,
  };
}

function fromPart(part: Part): StreamPart {
  const text = partText(part);
  const name = 'name' in part ? part.name : null;
  return { kind: part.type, text, bytes: utf8Length(text), done: false, source: part, name };
}

function partText(part: Part): string {
  if (part.type === 'text' || part.type === 'reasoning') return part.text;
  if (part.type === 'tool_call') return part.arguments;
  if (part.type === 'tool_result') return part.content;
  return '';
}

/** One envelope applied; unknown types and whatever comes after the terminal event change nothing. */
export function reduce(state: StreamState, event: Envelope): StreamState {
  if (isSettled(state)) return state;
  const next = apply(state, event);
  if (next === state && event.seq <= state.lastSeq) return state;
  if (next.gap) return next;
  return { ...next, lastSeq: Math.max(state.lastSeq, event.seq) };
}

/** Many envelopes applied in order. */
export function reduceAll(state: StreamState, events: readonly Envelope[]): StreamState {
  return events.reduce(reduce, state);
}

function apply(state: StreamState, event: Envelope): StreamState {
  switch (event.type) {
    case 'part.delta':
      return addText(state, event.part, event.offset, event.text);
    case 'run.status':
      if (event.seq <= state.lastSeq) return state;
      return { ...state, status: statusOf(event.phase), phase: event.phase, position: event.position ?? null, waitsBecause: event.waits_because ?? null };
    case 'run.started':
      return { ...state, status: 'running', model: event.model, modelReason: event.model_reason, stoodInFor: event.stood_in_for };
    case 'run.model_changed':
      return { ...state, status: 'running', model: event.model, modelReason: event.model_reason, stoodInFor: state.stoodInFor ?? event.failed };
    case 'part.started':
      return startPart(state, event);
    case 'part.replaced':
      if (event.seq <= state.lastSeq) return state;
      return setPart(state, event.part, (part) => ({ ...part, text: event.text, bytes: utf8Length(event.text) }));
    case 'part.completed':
      return setPart(state, event.part, (part) => ({ ...part, done: true }));
    case 'citation.added':
      return addCitation(state, event.citation, event.seq);
    case 'context.report':
      return { ...state, report: event.report };
    default:
      return settle(state, event);
  }
}

function statusOf(phase: Phase): RunStatus {
  if (phase === 'queued') return 'queued';
  return phase === 'waiting_for_model' ? 'waiting' : 'running';
}

function settle(state: StreamState, event: Envelope): StreamState {
  switch (event.type) {
    case 'run.completed':
      return { ...state, status: 'completed', phase: null, message: event.message };
    case 'run.cancelled':
      return { ...state, status: 'cancelled', phase: null, message: event.message };
    case 'run.interrupted':
      return { ...state, status: 'interrupted', phase: null, message: event.message };
    case 'run.failed':
      return { ...state, status: 'failed', phase: null, error: event.error, message: event.message };
    default:
      return state;
  }
}

function emptyPart(kind: string): StreamPart {
  return { kind, text: '', bytes: 0, done: false, source: null, name: null };
}

function startPart(
  state: StreamState,
  event: { part: number; kind: string; name?: string | undefined },
): StreamState {
  if (state.parts[event.part]) return state;
  const parts = state.parts.slice();
  while (parts.length < event.part) parts.push(emptyPart('text'));
  parts[event.part] = { ...emptyPart(event.kind), name: event.name ?? null };
  return { ...state, parts };
}

function setPart(state: StreamState, index: number, change: (part: StreamPart) => StreamPart): StreamState {
  const parts = state.parts.slice();
  while (parts.length <= index) parts.push(emptyPart('text'));
  parts[index] = change(parts[index] as StreamPart);
  return { ...state, parts };
}

function addText(state: StreamState, index: number, offset: number, text: string): StreamState {
  const have = state.parts[index]?.bytes ?? 0;
  if (offset > have) return { ...state, gap: true };
  const fresh = offset === have ? text : dropUtf8(text, have - offset);
  if (fresh === '') return state;
  return setPart(state, index, (part) => ({
    ...part,
    text: part.text + fresh,
    bytes: part.bytes + utf8Length(fresh),
  }));
}

function addCitation(state: StreamState, citation: Omit<Citation, 'type'>, seq: number): StreamState {
  if (seq <= state.lastSeq) return state;
  const source: Citation = { ...citation, type: 'citation' };
  return { ...state, parts: [...state.parts, { ...emptyPart('citation'), done: true, source }] };
}

/** The answer's text as far as it is known. */
export function streamText(state: StreamState): string {
  return state.parts
    .filter((part) => part.kind === 'text')
    .map((part) => part.text)
    .join('');
}
