/** Settings of this person: look, language, long conversations, API keys, signing out. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import * as client from '@/api/client';
import { queryClient, sessionQuery } from '@/api/queries';
import { ApiKeys } from '@/features/settings/api-keys';
import { LongConversations } from '@/features/settings/long-conversations';
import { t } from '@/i18n/t';
import { forgetSaved } from '@/lib/saved';
import { useStore } from '@/lib/store';
import { setTheme, theme, type Theme } from '@/lib/theme';
import { problem } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Choice } from '@/ui/field';
import { Icon, type IconName } from '@/ui/icons';
import { Group } from '@/ui/page';

const THEMES: { value: Theme; icon: IconName }[] = [
  { value: 'system', icon: 'screen' },
  { value: 'light', icon: 'sun' },
  { value: 'dark', icon: 'moon' },
];

export default function MeSettings(): ReactNode {
  const chosen = useStore(theme);
  const { data } = useQuery(sessionQuery);
  return (
    <>
      <Group title={t('settings.look')}>
        <div role="radiogroup" aria-label={t('settings.theme')} className="grid max-w-md grid-cols-3 gap-2">
          {THEMES.map((one) => (
            <button
              key={one.value}
              type="button"
              role="radio"
              aria-checked={chosen === one.value}
              onClick={() => setTheme(one.value)}
              className={`flex min-h-16 flex-col items-center justify-center gap-1 rounded-xl border text-sm ${chosen === one.value ? 'border-accent bg-accent-soft font-medium' : 'border-line bg-surface hover:bg-hover'}`}
            >
              <Icon name={one.icon} />
              {t(`theme.${one.value}`)}
            </button>
          ))}
        </div>
      </Group>
      <Group title={t('settings.language')}>
        <div className="max-w-xs"><Choice label={t('settings.pageLanguage')} options={[{ value: 'en', label: 'English' }]} value="en" onChange={() => undefined} /></div>
      </Group>
      <LongConversations />
      <ApiKeys />
      {data?.password_set && (
        <Group title={t('settings.session')} lead={t('settings.signOutLead')}>
          <Button className="justify-self-start" onClick={() => void signOut()}>{t('settings.signOut')}</Button>
        </Group>
      )}
    </>
  );
}

/** Ends the session and forgets what this browser kept. */
async function signOut(): Promise<void> {
  try {
    await client.session.close();
  } catch (error) {
    problem(error);
    return;
  }
  forgetSaved('draft.');
  forgetSaved('outbox');
  forgetSaved('edits');
  for (const name of 'caches' in window ? await caches.keys() : []) {
    if (name.includes('chats')) await caches.delete(name);
  }
  queryClient.clear();
  await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 }).catch(() => undefined);
  location.assign('/');
}
