/** Everything about models: those here, where to get one, and the servers they come from. */
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import * as client from '@/api/client';
import { refreshModels } from '@/api/models';
import { GetModel } from '@/features/models/get-model';
import { Here } from '@/features/models/here';
import { Servers } from '@/features/models/servers';
import { tm } from '@/features/models/texts';
import { t } from '@/i18n/t';
import { modelOf } from '@/lib/model-href';
import { Link, usePlace } from '@/lib/place';
import { problem, toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { PlacePage } from '@/ui/page';
import { Reading } from '@/ui/reading';
import { Tabs } from '@/ui/tabs';

const ModelPage = lazy(() => import('@/features/models/model-page'));

const SECTIONS = ['here', 'get', 'servers'] as const;
type Section = (typeof SECTIONS)[number];

const PANELS: Record<Section, () => ReactNode> = { here: Here, get: GetModel, servers: Servers };
const HREFS: Record<Section, string> = { here: '/models', get: '/models/get', servers: '/models/servers' };

export default function ModelsPage(): ReactNode {
  const ref = modelOf(usePlace().path, Object.values(HREFS));
  if (ref === null) return <All />;
  return (
    <Suspense fallback={<PlacePage title={t('action.models')}><Reading what={ref} /></PlacePage>}>
      <ModelPage key={ref} name={ref} />
    </Suspense>
  );
}

function All(): ReactNode {
  const { path, hash } = usePlace();
  const section = SECTIONS.find((one) => path === HREFS[one]) ?? 'here';
  const Panel = PANELS[section];
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView({ block: 'start' });
  }, [hash, section]);
  const tabs = SECTIONS.map((one) => ({ href: HREFS[one], label: t(`models.tab.${one}`), current: one === section }));
  return (
    <PlacePage title={t('action.models')} actions={<Actions />}>
      <Tabs label={tm('models.sections')} tabs={tabs} />
      <Panel />
    </PlacePage>
  );
}

/** On a telephone they have a line of their own, and fit it without the pictures. */
function Actions(): ReactNode {
  return (
    <div className="flex flex-wrap items-center gap-1 max-sm:-ml-3 max-sm:w-[calc(100%+0.75rem)] sm:gap-2">
      <RolesLink />
      <MachineLink />
      <span className="max-sm:ml-auto"><LookAgain /></span>
    </div>
  );
}

function RolesLink(): ReactNode {
  return (
    <Link href="/settings/workspace/roles" className="inline-flex min-h-9 items-center gap-2 rounded-lg px-3 text-sm font-medium text-muted hover:bg-hover hover:text-ink">
      <span className="max-sm:hidden"><Icon name="layers" size={17} /></span>
      {t('roles.title')}
    </Link>
  );
}

function MachineLink(): ReactNode {
  return (
    <Link href="/settings/server#hardware" className="inline-flex min-h-9 items-center gap-2 rounded-lg px-3 text-sm font-medium text-muted hover:bg-hover hover:text-ink">
      <span className="max-sm:hidden"><Icon name="screen" size={17} /></span>
      {tm('models.machine')}
    </Link>
  );
}

function LookAgain(): ReactNode {
  const [looking, setLooking] = useState(false);
  const look = async (): Promise<void> => {
    setLooking(true);
    try {
      const { items } = await client.models.refresh();
      toast(tm('models.refreshed', { n: items.length }));
    } catch (failure) {
      problem(failure);
    } finally {
      setLooking(false);
    }
    await refreshModels();
  };
  return <Button icon="again" disabled={looking} onClick={() => void look()}>{looking ? t('loading') : tm('models.refresh')}</Button>;
}
