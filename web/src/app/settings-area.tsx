/** One settings area with three scopes: me, this workspace, this server. Each place in it is loaded when it is gone to. */
import { lazy, Suspense, type ComponentType, type ReactNode } from 'react';
import { t, type MessageKey } from '@/i18n/t';
import { Link, usePlace } from '@/lib/place';
import { PlacePage } from '@/ui/page';
import { Reading } from '@/ui/reading';

/** A place; `item` is the one thing in it that the address names, if it does. */
type Panel = ComponentType<{ item: string | null }>;

interface SettingsPlace {
  path: string;
  title: MessageKey;
  panel: Panel;
}

interface Scope {
  title: MessageKey;
  places: SettingsPlace[];
}

const SCOPES: Scope[] = [
  {
    title: 'settings.me',
    places: [{ path: '/settings/me', title: 'settings.general', panel: lazy(() => import('@/features/settings/me-settings')) }],
  },
  {
    title: 'settings.workspace',
    places: [
      { path: '/settings/workspace', title: 'settings.general', panel: lazy(() => import('@/features/settings/workspace-settings')) },
      { path: '/settings/workspace/roles', title: 'roles.title', panel: lazy(() => import('@/features/roles/roles-panel')) },
      { path: '/settings/workspace/profiles', title: 'profiles.title', panel: lazy(() => import('@/features/profiles/profiles-panel')) },
      { path: '/settings/workspace/import', title: 'imports.title', panel: lazy(() => import('@/features/imports/imports-panel')) },
      { path: '/settings/workspace/export', title: 'exports.title', panel: lazy(() => import('@/features/export/export-panel')) },
      { path: '/settings/workspace/privacy', title: 'settings.privacy', panel: lazy(() => import('@/features/privacy/privacy-panel')) },
    ],
  },
  {
    title: 'settings.server',
    places: [
      { path: '/settings/server', title: 'settings.general', panel: lazy(() => import('@/features/settings/server-settings')) },
      { path: '/settings/server/configuration', title: 'config.title', panel: lazy(() => import('@/features/configuration/configuration-panel')) },
      { path: '/settings/server/backup', title: 'backup.title', panel: lazy(() => import('@/features/backup/backup-panel')) },
    ],
  },
];

const PLACES = SCOPES.flatMap((scope) => scope.places);

/** The place an address is in: the longest that begins it, and what is left. */
function placeAt(path: string): { place: SettingsPlace | undefined; item: string | null } {
  const found = PLACES.filter((one) => path === one.path || path.startsWith(`${one.path}/`)).sort((a, b) => b.path.length - a.path.length)[0];
  const place = found ?? PLACES[0];
  const rest = found ? path.slice(found.path.length + 1) : '';
  return { place, item: rest === '' ? null : decodeURIComponent(rest) };
}

export default function SettingsArea(): ReactNode {
  const { path } = usePlace();
  const { place, item } = placeAt(path);
  const scope = SCOPES.find((one) => place && one.places.includes(place));
  if (!place || !scope) return null;
  const Shown = place.panel;
  return (
    <PlacePage title={t('action.settings')}>
      <div className="grid gap-3">
        <nav aria-label={t('settings.scopes')} className="flex gap-1 border-b border-line">
          {SCOPES.map((one) => (
            <Link
              key={one.title}
              href={one.places[0]?.path ?? ''}
              aria-current={one === scope ? 'true' : undefined}
              className={`-mb-px inline-flex min-h-10 items-center border-b-2 px-3.5 text-sm ${one === scope ? 'border-accent font-medium' : 'border-transparent text-muted hover:text-ink'}`}
            >
              {t(one.title)}
            </Link>
          ))}
        </nav>
        {scope.places.length > 1 && (
          <nav aria-label={t('settings.places', { scope: t(scope.title) })} className="flex flex-wrap gap-1">
            {scope.places.map((one) => (
              <Link
                key={one.path}
                href={one.path}
                aria-current={one === place ? 'page' : undefined}
                className={`inline-flex min-h-8 items-center rounded-full px-3 text-sm ${one === place ? 'bg-accent-soft font-medium text-accent-strong' : 'text-muted hover:bg-hover hover:text-ink'}`}
              >
                {t(one.title)}
              </Link>
            ))}
          </nav>
        )}
      </div>
      <Suspense fallback={<Reading what={t(place.title)} />}>
        <Shown item={item} />
      </Suspense>
    </PlacePage>
  );
}
