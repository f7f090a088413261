/** The frame: rail on the left, the place in the middle, what floats above both. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '@/api/http';
import { sessionQuery } from '@/api/queries';
import { connect } from '@/api/socket';
import { usePageActions } from '@/app/actions';
import { Boundary } from '@/app/boundary';
import { ConnectionBanner } from '@/app/connection-banner';
import { followMe } from '@/app/me';
import { NotFound } from '@/app/not-found';
import { overlay } from '@/app/overlays';
import { ChatPage } from '@/features/chat/chat-page';
import { Rail } from '@/features/conversations/rail';
import { t } from '@/i18n/t';
import { tagging } from '@/lib/at-hand';
import { moving } from '@/lib/moving';
import { conversationOf, usePlace } from '@/lib/place';
import { useStore } from '@/lib/store';
import { LiveRegion } from '@/ui/live-region';
import { IconButton } from '@/ui/button';
import { RailButton, useRailButton } from '@/ui/rail-button';
import { Toasts } from '@/ui/toasts';

const Login = lazy(() => import('@/features/login/login-page'));
const Palette = lazy(() => import('@/features/search/palette'));
const AssistantsPage = lazy(() => import('@/features/assistants/assistants-page'));
const ModelsPage = lazy(() => import('@/features/models/models-page'));
const SettingsArea = lazy(() => import('@/app/settings-area'));
const NoticeDot = lazy(() => import('@/features/notices/notice-dot'));
const Notices = lazy(() => import('@/features/notices/notices'));
const SearchPage = lazy(() => import('@/features/search/search-page'));
const TagDialog = lazy(() => import('@/features/conversations/tag-dialog'));
const JobsPage = lazy(() => import('@/features/jobs/jobs-page'));
const ProjectsPage = lazy(() => import('@/features/projects/projects-page'));
const RailProjects = lazy(() => import('@/features/projects/rail-projects'));
const MoveDialog = lazy(() => import('@/features/projects/move-dialog'));
const TrashPage = lazy(() => import('@/features/trash/trash-page'));
const Shortcuts = lazy(() => import('@/app/shortcuts-dialog'));

export function Shell(): ReactNode {
  const session = useQuery(sessionQuery);
  const locked = isLocked(session.data, session.error);
  const signedIn = session.data?.authenticated === true;
  useEffect(() => {
    if (!signedIn) return;
    connect();
    return followMe();
  }, [signedIn]);
  return (
    <>
      {locked ? (
        <Suspense>
          <Login />
        </Suspense>
      ) : (
        <Frame />
      )}
      <Toasts />
      <LiveRegion />
    </>
  );
}

function isLocked(data: { authenticated: boolean; password_set: boolean } | undefined, error: Error | null): boolean {
  if (data) return !data.authenticated;
  return error instanceof ApiError && error.status === 401;
}

function Frame(): ReactNode {
  const [drawer, setDrawer] = useState(false);
  const place = usePlace();
  const shown = useStore(overlay);
  const tagged = useStore(tagging);
  const moved = useStore(moving);
  usePageActions();
  useEffect(() => setDrawer(false), [place]);
  const closeDrawer = (): void => setDrawer(false);
  return (
    <div className="flex h-full flex-col">
      <ConnectionBanner />
      <div className="relative flex min-h-0 flex-1">
        <Rail
          drawer={drawer}
          onClose={closeDrawer}
          onSearch={() => overlay.set('palette')}
          projects={<Suspense><RailProjects onPick={closeDrawer} /></Suspense>}
          notices={<Suspense><Notices onPick={closeDrawer} /></Suspense>}
        />
        <RailButton.Provider value={<MenuButton onOpen={() => setDrawer(true)} open={drawer} />}>
          <Boundary key={placeKey(place.path)}>
            <Suspense fallback={<main className="flex-1" />}>
              <PlaceView path={place.path} />
            </Suspense>
          </Boundary>
        </RailButton.Provider>
      </div>
      <Suspense>
        {moved && <MoveDialog key={moved.id} moved={moved} onClose={() => moving.set(null)} />}
        {shown === 'palette' && <Palette onClose={() => overlay.set(null)} />}
        {tagged && <TagDialog key={tagged.join()} ids={tagged} onClose={() => tagging.set(null)} />}
        {shown === 'shortcuts' && <Shortcuts onClose={() => overlay.set(null)} />}
      </Suspense>
    </div>
  );
}

/** What breaks is tried anew elsewhere; conversations are one place, and so are the parts of an assistant. */
function placeKey(path: string): string {
  if (conversationOf(path) !== null) return '/';
  return path.startsWith('/assistants') ? '/assistants' : path;
}

function MenuButton({ onOpen, open }: { onOpen: () => void; open: boolean }): ReactNode {
  return (
    <span className="relative md:hidden">
      <IconButton icon="menu" label={t('rail.open')} aria-expanded={open} onClick={onOpen} />
      <Suspense><NoticeDot /></Suspense>
    </span>
  );
}

/** The empty page and every conversation are one place, so that the composer stays the same element. */
function PlaceView({ path }: { path: string }): ReactNode {
  const railButton = useRailButton();
  if (path === '/' || conversationOf(path) !== null) return <ChatPage railButton={railButton} />;
  if (/^\/assistants(\/|$)/.test(path)) return <AssistantsPage />;
  if (/^\/models(\/|$)/.test(path)) return <ModelsPage />;
  if (path === '/jobs') return <JobsPage />;
  if (/^\/projects(\/|$)/.test(path)) return <ProjectsPage />;
  if (path === '/trash') return <TrashPage />;
  if (path === '/search') return <SearchPage />;
  if (/^\/settings(\/|$)/.test(path)) return <SettingsArea />;
  return <NotFound />;
}
