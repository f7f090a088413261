/** What roles ask for, in words. */
import type { Role } from '@/api/broker';
import { t } from '@/i18n/t';

const ASKED = {
  context_length_min: 'asked.context_length_min',
  memory_gb_max: 'asked.memory_gb_max',
  reasoning_strength: 'asked.reasoning_strength',
  coding_strength: 'asked.coding_strength',
  creativity: 'asked.creativity',
  multilingual_score: 'asked.multilingual_score',
  supports_function_calling: 'asked.supports_function_calling',
  supports_vision: 'asked.supports_vision',
  supports_tools: 'asked.supports_tools',
  thermal_sensitivity_max: 'asked.thermal_sensitivity_max',
} as const;

/** Each requirement as a short phrase. */
export function asked(requirements: Role['requirements']): string[] {
  return Object.entries(requirements).flatMap(([name, value]) => {
    const key = ASKED[name as keyof typeof ASKED];
    if (!key || value === false) return [];
    return [t(key, { n: typeof value === 'number' ? value.toLocaleString() : String(value) })];
  });
}
