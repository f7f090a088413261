/** What roles are called, and what each is for. */
import { t } from '@/i18n/t';

const BUILT_IN = ['chat', 'planner', 'critic', 'executor', 'titler', 'summariser', 'embedder', 'transcriber', 'speaker', 'vision'] as const;

function builtIn(role: string): (typeof BUILT_IN)[number] | undefined {
  return BUILT_IN.find((one) => one === role);
}

/** What a role is called; a person's own has its own name. */
export function roleName(role: string): string {
  const known = builtIn(role);
  return known ? t(`role.${known}`) : role;
}

/** What a role is for. */
export function rolePurpose(role: string): string {
  const known = builtIn(role);
  return known ? t(`role.${known}.about`) : t('role.own.about');
}

/** The address of a role's page. */
export function roleHref(role: string): string {
  return `/settings/workspace/roles/${encodeURIComponent(role)}`;
}
