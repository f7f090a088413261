/** Profiles: configurations with a name, of which one is active for each owner. */
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { profiles, profilesQuery, type Profile } from '@/api/broker';
import { change, profileHref, remove } from '@/features/profiles/doing';
import { ImportProfile } from '@/features/profiles/import-profile';
import { CopyProfile, NewProfile } from '@/features/profiles/make-profile';
import { ProfilePage } from '@/features/profiles/profile-page';
import { RemovedProfiles } from '@/features/profiles/removed';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { go, Link } from '@/lib/place';
import { Badge } from '@/ui/badge';
import { Button } from '@/ui/button';
import { Icon } from '@/ui/icons';
import { CARD, Group } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';

export default function ProfilesPanel({ item }: { item: string | null }): ReactNode {
  return item === null ? <Profiles /> : <ProfilePage key={item} id={item} />;
}

function Profiles(): ReactNode {
  const { data, error, refetch } = useQuery(profilesQuery);
  const [making, setMaking] = useState(false);
  const [copied, setCopied] = useState<Profile | null>(null);
  const active = data?.items.filter((one) => one.active) ?? [];
  return (
    <>
      <Group title={t('profiles.title')} lead={tf('profiles.lead')}>
        <div className="flex flex-wrap items-center gap-2">
          <p className="min-w-48 flex-1 text-sm text-muted" data-testid="active-profiles">
            {data && (active.length === 0 ? tf('profiles.noneActive') : tf('profiles.active', { names: active.map((one) => one.name).join(', ') }))}
          </p>
          <Button icon="plus" look="primary" onClick={() => setMaking(true)}>{tf('profiles.new')}</Button>
        </div>
        {error && <Refused error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Reading what={t('profiles.title')} />}
        {data && (
          <ul className={`${CARD} divide-y divide-line`}>
            {data.items.map((profile) => (
              <Row key={profile.address} profile={profile} onCopy={() => setCopied(profile)} />
            ))}
          </ul>
        )}
      </Group>
      <ImportProfile />
      <RemovedProfiles />
      {making && <NewProfile onClose={() => setMaking(false)} />}
      {copied && <CopyProfile profile={copied} onClose={() => setCopied(null)} />}
    </>
  );
}

function Row({ profile, onCopy }: { profile: Profile; onCopy: () => void }): ReactNode {
  const faults = profile.problems.filter((one) => !one.warning).length;
  return (
    <li data-testid="profile" data-name={profile.name} className="grid gap-2.5 p-4">
      <div className="flex items-start gap-3">
        <span className={`mt-0.5 ${profile.active ? 'text-accent' : 'text-muted'}`}><Icon name="layers" /></span>
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link href={profileHref(profile.address)} className="min-h-6 font-medium underline-offset-2 [overflow-wrap:anywhere] hover:underline">{profile.name}</Link>
            {profile.active && <Badge tone="good">{tf('profiles.isActive')}</Badge>}
            <Badge>{t(`owner.${profile.owner}`)}</Badge>
            {faults > 0 && <Badge tone="bad">{tf('profiles.broken')}</Badge>}
          </p>
          {profile.description && <p className="text-sm text-muted [overflow-wrap:anywhere]">{profile.description}</p>}
          {profile.models.length > 0 && <p className="mt-0.5 text-[0.8125rem] text-muted [overflow-wrap:anywhere]">{tf('profiles.models', { names: profile.models.join(', ') })}</p>}
        </div>
      </div>
      <div className="flex flex-wrap gap-1.5 max-sm:[&_svg]:hidden sm:pl-7">
        <Activation profile={profile} />
        <Button icon="edit" onClick={() => go(profileHref(profile.address))} aria-label={tf('profiles.editOne', { name: profile.name })}>{t('profiles.edit')}</Button>
        <Button icon="copy" onClick={onCopy} aria-label={tf('profiles.copyOne', { name: profile.name })}>{tf('profiles.copy')}</Button>
        <a href={profiles.exportAddress(profile.address)} download={`${profile.name}.json`} aria-label={tf('profiles.exportOne', { name: profile.name })} className="inline-flex min-h-9 items-center gap-2 rounded-lg border border-line bg-surface px-3.5 text-sm font-medium hover:bg-hover">
          <Icon name="export" size={17} />
          {tf('profiles.export')}
        </a>
        <Remove profile={profile} />
      </div>
    </li>
  );
}

function Activation({ profile }: { profile: Profile }): ReactNode {
  const { address: id, name } = profile;
  if (profile.active) {
    return <Button aria-label={tf('profiles.deactivateOne', { name })} onClick={() => void change(profiles.deactivate(id), tf('profiles.deactivated', { name }))}>{tf('profiles.deactivate')}</Button>;
  }
  return <Button aria-label={tf('profiles.activateOne', { name })} onClick={() => void change(profiles.activate(id), tf('profiles.activated', { name }))}>{tf('profiles.activate')}</Button>;
}

function Remove({ profile }: { profile: Profile }): ReactNode {
  if (profile.owner === 'shipped') return null;
  return <Button look="quiet" icon="trash" aria-label={tf('profiles.deleteOne', { name: profile.name })} onClick={() => void remove(profile)}>{t('delete')}</Button>;
}
