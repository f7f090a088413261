/** The egress log in words. */
import { tv } from '@/features/privacy/texts';
import { t } from '@/i18n/t';

const PURPOSES = {
  'model.chat': 'purpose.chat',
  'model.embed': 'purpose.embed',
  'model.list': 'purpose.list',
  'model.pull': 'purpose.pull',
  telemetry: 'purpose.telemetry',
} as const;

const CLASSES = {
  conversation: 'class.conversation',
  telemetry: 'class.telemetry',
  metadata: 'class.metadata',
  none: 'class.none',
} as const;

export const DECISIONS = ['consent', 'settings', 'wish'] as const;
export const MODES = ['local_only', 'ask', 'cloud_unless_sensitive'] as const;
export const DATA_CLASSES = Object.keys(CLASSES) as (keyof typeof CLASSES)[];

/** Why a call was made; a purpose the page does not know says itself. */
export function purpose(name: string): string {
  const key = PURPOSES[name as keyof typeof PURPOSES];
  return key ? t(key) : name;
}

/** What was in it. */
export function dataClass(name: string): string {
  const key = CLASSES[name as keyof typeof CLASSES];
  return key ? t(key) : name;
}

const REFUSALS = {
  local_only: 'egress.refused.local_only',
  no_consent: 'egress.refused.no_consent',
  unknown: 'egress.refused.unknown',
} as const;

/** What was answered, or why it was not let out. */
export function answered(status: number | null, refusal: keyof typeof REFUSALS | null): { text: string; good: boolean } {
  if (refusal !== null) return { text: t(REFUSALS[refusal]), good: false };
  if (status === null) return { text: tv('egress.noAnswer'), good: false };
  return { text: tv('egress.status', { n: status }), good: status < 400 };
}
