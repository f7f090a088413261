/** One settings area with three scopes: me, this workspace, this server. */
import type { ReactNode } from 'react';
import { MeSettings } from '@/features/settings/me-settings';
import { ServerSettings } from '@/features/settings/server-settings';
import { WorkspaceSettings } from '@/features/settings/workspace-settings';
import { t } from '@/i18n/t';
import { Link, usePlace } from '@/lib/place';
import { PlacePage } from '@/ui/page';

const SCOPES = ['me', 'workspace', 'server'] as const;
type Scope = (typeof SCOPES)[number];

const PANELS: Record<Scope, () => ReactNode> = { me: MeSettings, workspace: WorkspaceSettings, server: ServerSettings };

export default function SettingsPage(): ReactNode {
  const { path } = usePlace();
  const scope = SCOPES.find((one) => path === `/settings/${one}`) ?? 'me';
  const Panel = PANELS[scope];
  return (
    <PlacePage title={t('action.settings')}>
      <nav aria-label={t('settings.scopes')} className="flex gap-1 border-b border-line">
        {SCOPES.map((one) => (
          <Link
            key={one}
            href={`/settings/${one}`}
            aria-current={one === scope ? 'page' : undefined}
            className={`-mb-px inline-flex min-h-10 items-center border-b-2 px-3.5 text-sm ${one === scope ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-ink'}`}
          >
            {t(`settings.${one}`)}
          </Link>
        ))}
      </nav>
      <Panel />
    </PlacePage>
  );
}
