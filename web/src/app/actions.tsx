/** The actions and keys of the whole page. */
import { useEffect } from 'react';
import { overlay } from '@/app/overlays';
import { t } from '@/i18n/t';
import { actions, useActions, type Action } from '@/lib/actions';
import { go } from '@/lib/place';
import { setTheme } from '@/lib/theme';
import { keepTyped, keptKey, takeTyped } from '@/lib/typed-ahead';

/** Offers the page's own actions and listens to the keys of all of them. */
export function usePageActions(): void {
  useActions(() => {
    const places = t('group.go');
    const look = t('group.look');
    return [
      { id: 'new', title: t('action.new'), group: places, shortcut: 'Ctrl+Shift+O', run: () => openNew() },
      { id: 'palette', title: t('action.palette'), group: places, shortcut: 'Ctrl+K', run: openPalette },
      { id: 'search', title: t('search.action'), group: places, run: () => go('/search') },
      { id: 'composer', title: t('action.composer'), group: places, shortcut: '/', run: focusComposer },
      { id: 'assistants', title: t('action.assistants'), group: places, run: () => go('/assistants') },
      { id: 'assistants.new', title: t('action.newAssistant'), group: places, run: () => go('/assistants#new') },
      { id: 'projects', title: t('projects.title'), group: places, run: () => go('/projects') },
      { id: 'models', title: t('action.models'), group: places, run: () => go('/models') },
      { id: 'import', title: t('import.title'), group: places, run: () => go('/settings/workspace') },
      { id: 'imports', title: t('imports.action'), group: places, run: () => go('/settings/workspace/import') },
      { id: 'rollout', title: t('rollout.title'), group: places, run: () => go('/settings/workspace/import/rollout') },
      { id: 'keys', title: t('keys.api'), group: places, run: () => go('/settings/me') },
      { id: 'server', title: t('system.title'), group: places, run: () => go('/settings/server') },
      { id: 'settings', title: t('action.settings'), group: places, shortcut: 'Ctrl+,', run: () => go('/settings') },
      { id: 'roles', title: t('roles.action'), group: places, run: () => go('/settings/workspace/roles') },
      { id: 'profiles', title: t('profiles.action'), group: places, run: () => go('/settings/workspace/profiles') },
      { id: 'profiles.import', title: t('profiles.import'), group: places, run: () => go('/settings/workspace/profiles#import-profile') },
      { id: 'config', title: t('config.action'), group: places, run: () => go('/settings/server/configuration') },
      { id: 'backup', title: t('backup.action'), group: places, run: () => go('/settings/server/backup') },
      { id: 'explain', title: t('explain.title'), group: places, run: () => go('/settings/server/configuration#explain') },
      { id: 'privacy', title: t('privacy.action'), group: places, run: () => go('/settings/workspace/privacy') },
      { id: 'egress', title: t('egress.title'), group: places, run: () => go('/settings/workspace/privacy#egress') },
      { id: 'hardware', title: t('hardware.title'), group: places, run: () => go('/settings/server#hardware') },
      { id: 'jobs', title: t('jobs.title'), group: places, run: () => go('/jobs') },
      { id: 'trash', title: t('action.trash'), group: places, run: () => go('/trash') },
      { id: 'shortcuts', title: t('action.shortcuts'), group: places, shortcut: '?', run: () => overlay.set('shortcuts') },
      { id: 'theme.light', title: t('action.light'), group: look, run: () => setTheme('light') },
      { id: 'theme.dark', title: t('action.dark'), group: look, run: () => setTheme('dark') },
      { id: 'theme.system', title: t('action.system'), group: look, run: () => setTheme('system') },
    ] satisfies Action[];
  }, []);
  useEffect(() => {
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function openPalette(): void {
  if (overlay.get() === 'palette') return;
  keepTyped();
  overlay.set('palette');
}

function openNew(): void {
  go('/');
  focusComposer();
}

/** At once, so that the next key is not lost; and again after a palette or a page that is just going has had its say. */
function focusComposer(): void {
  document.getElementById('composer')?.focus();
  requestAnimationFrame(() => document.getElementById('composer')?.focus());
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  if (overlay.get() !== 'palette') takeTyped();
  else if (keptKey(event)) return event.preventDefault();
  const pressed = nameOf(event);
  if (pressed.length === 1 && (writing(event.target) || overlay.get() !== null)) return;
  const action = actions.get().find((one) => one.shortcut === pressed && one.id !== 'stop');
  if (!action) return;
  event.preventDefault();
  action.run();
}

function nameOf(event: KeyboardEvent): string {
  if (event.ctrlKey || event.metaKey) return `Ctrl+${event.shiftKey ? 'Shift+' : ''}${event.key.toUpperCase()}`;
  return event.altKey ? '' : event.key;
}

function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}
