/** What the one WebSocket carries. By hand: OpenAPI describes requests and answers, no events. */
import type { Citation, Message, Phase, WireError } from '@/api/types';

interface EnvelopeHead {
  v: number;
  seq: number;
  ts: string;
  conversation_id: string;
  run_id: string;
  message_id: string;
}

export type EnvelopeBody =
  | { type: 'run.started'; model: string | null; model_reason: string | null; stood_in_for: string | null }
  | { type: 'run.model_changed'; model: string; model_reason: string; failed: string; error: string }
  | { type: 'run.status'; phase: Phase; position?: number | null; waits_because?: WireError | null }
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

/** Something that happened in a run. */
export type Envelope = EnvelopeHead & EnvelopeBody;

/** Something that happened elsewhere: in another tab, on another device. */
export interface MeEvent {
  channel: 'me';
  seq: number;
  type: string;
  conversation_id?: string;
  message_id?: string;
  run_id?: string;
  job_id?: string;
  /** Of a job: where it stands, and how far it is. */
  state?: string;
  progress?: { says: string | null; done: number | null; of: number | null };
}
