/** What roles ask for, and the rules that take models out, in words. */
import type { Considered, Role } from '@/api/broker';
import { t } from '@/i18n/t';
import type { Tone } from '@/ui/badge';

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

const RULES = {
  ambiguous: 'rule.ambiguous',
  battery: 'rule.battery',
  failing: 'rule.failing',
  budget: 'rule.budget',
  cloud_fallback: 'rule.cloud_fallback',
  completion_only: 'rule.completion_only',
  consent: 'rule.consent',
  egress: 'rule.egress',
  heat: 'rule.heat',
  kind: 'rule.kind',
  memory: 'rule.memory',
  memory_limit: 'rule.memory_limit',
  not_here: 'rule.not_here',
  on_request: 'rule.on_request',
  privacy: 'rule.privacy',
  requirement: 'rule.requirement',
  search: 'rule.search',
  unavailable: 'rule.unavailable',
} as const;

/** What the rule is called that took a model out, or that it was taken. */
export function ruleName({ rule }: Considered): { text: string; tone: Tone } {
  if (rule === null) return { text: t('rule.chosen'), tone: 'good' };
  if (rule === 'order') return { text: t('rule.order'), tone: 'plain' };
  const key = RULES[rule as keyof typeof RULES];
  return { text: key ? t(key) : rule.replaceAll('_', ' '), tone: 'warn' };
}
