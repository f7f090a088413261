/** Whether a conversation fits the window of a model: an estimate, said before sending. */
import type { Message, Model } from '@/api/types';
import { t } from '@/i18n/t';
import { utf8Length } from '@/lib/bytes';

const BYTES_PER_TOKEN = 3.6;
const TOKENS_PER_MESSAGE = 6;
/** Room kept for the answer. */
const ANSWER_SHARE = 0.1;

const sizes = new WeakMap<Message, number>();

function sizeOf(message: Message): number {
  const known = sizes.get(message);
  if (known !== undefined) return known;
  const bytes = message.parts.reduce((sum, part) => sum + ('text' in part ? utf8Length(part.text) : 0), 0);
  const size = Math.max(message.role === 'user' ? (message.token_count ?? 0) : 0, bytes / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE;
  sizes.set(message, size);
  return size;
}

/** An estimate of the tokens a request with this history and draft takes. */
export function estimateTokens(messages: readonly Message[], draft: string): number {
  return Math.round(messages.reduce((sum, message) => sum + sizeOf(message), 0) + utf8Length(draft) / BYTES_PER_TOKEN);
}

/** Says so where the model cannot see the images that are to be sent, or null. */
export function blindWarning(model: Model | null, files: readonly { media_type: string }[]): string | null {
  if (model?.vision !== false || !files.some((file) => file.media_type.startsWith('image/'))) return null;
  return t('fit.blind', { model: model.provider === 'builtin' ? t('model.builtin') : model.name });
}

/** Whether the model was told a summary of what is older, so that what is said now goes on from there. */
function isSummarised(model: Model, messages: readonly Message[]): boolean {
  const newest = messages.findLast((message) => message.role === 'assistant');
  return newest?.model === model.ref && newest.metadata.context === 'summarised';
}

/** What to tell the person before sending, or null where everything fits, is summarised, or nothing is known. */
export function overflowWarning(model: Model | null, messages: readonly Message[], draft: string, more: boolean): string | null {
  if (!model?.context_length || model.provider === 'builtin') return null;
  const room = model.context_length * (1 - ANSWER_SHARE);
  const tokens = estimateTokens(messages, draft);
  if (tokens <= room || (isSummarised(model, messages) && estimateTokens([], draft) <= room)) return null;
  const values = { model: model.name, tokens: tokens.toLocaleString(), limit: model.context_length.toLocaleString() };
  return more ? t('fit.atLeast', values) : t('fit.overflow', values);
}
