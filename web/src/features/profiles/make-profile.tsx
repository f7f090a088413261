/** A new profile: with a first model, or like another one. It opens in the editor. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { problemsIn, profiles, refreshBroker, type Keeper, type Problem, type Profile, type ProfileDetail } from '@/api/broker';
import { modelsQuery } from '@/api/queries';
import { profileHref } from '@/features/profiles/doing';
import { tf } from '@/features/profiles/texts';
import { t } from '@/i18n/t';
import { go } from '@/lib/place';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { ProblemList } from '@/ui/editor/problem-list';
import { Choice, Field } from '@/ui/field';

const KEEPERS: Keeper[] = ['instance', 'person', 'organisation'];

interface Making {
  error: string | null;
  problems: Problem[];
  make: (work: Promise<ProfileDetail>) => Promise<void>;
}

/** Makes a profile and opens it; what was refused is said, and nothing that was typed is lost. */
function useMaking(onClose: () => void): Making {
  const [error, setError] = useState<string | null>(null);
  const [problems, setProblems] = useState<Problem[]>([]);
  const make = async (work: Promise<ProfileDetail>): Promise<void> => {
    try {
      const made = await work;
      onClose();
      toast(tf('profiles.made', { name: made.name }));
      go(profileHref(made.address));
      await refreshBroker();
    } catch (refused) {
      setError(refused instanceof Error ? refused.message : String(refused));
      setProblems(problemsIn(refused));
    }
  };
  return { error, problems, make };
}

export function NewProfile({ onClose }: { onClose: () => void }): ReactNode {
  const { data } = useQuery(modelsQuery);
  const list = useId();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [owner, setOwner] = useState<Keeper>('instance');
  const [model, setModel] = useState('');
  const { error, problems, make } = useMaking(onClose);
  const document = { version: 1, ...(description ? { description } : {}), role_mappings: { chat: { preferred: [model.trim()] } } };
  return (
    <Dialog title={tf('profiles.new')} open onClose={onClose}>
      <Form onSubmit={() => void make(profiles.create({ name, owner, document }))} action={tf('profiles.make')} error={error} problems={problems}>
        <ProfileName value={name} onChange={setName} />
        <Field label={tf('profiles.description')} value={description} maxLength={400} onChange={(event) => setDescription(event.target.value)} />
        <Field label={tf('profiles.model')} hint={tf('profiles.modelHint')} list={list} value={model} required maxLength={300} autoComplete="off" onChange={(event) => setModel(event.target.value)} />
        <datalist id={list}>{data?.items.filter((one) => one.provider !== 'builtin').map((one) => <option key={one.ref} value={one.ref} />)}</datalist>
        <Whose value={owner} onChange={setOwner} />
      </Form>
    </Dialog>
  );
}

export function CopyProfile({ profile, onClose }: { profile: Profile; onClose: () => void }): ReactNode {
  const [name, setName] = useState(`${profile.name}-copy`.slice(0, 40));
  const [owner, setOwner] = useState<Keeper>(profile.owner === 'shipped' ? 'instance' : profile.owner);
  const { error, problems, make } = useMaking(onClose);
  return (
    <Dialog title={tf('profiles.copyOne', { name: profile.name })} open onClose={onClose}>
      <Form onSubmit={() => void make(profiles.copy(profile.address, name, owner))} action={tf('profiles.copy')} error={error} problems={problems}>
        <ProfileName value={name} onChange={setName} />
        <Whose value={owner} onChange={setOwner} />
      </Form>
    </Dialog>
  );
}

interface FormProps {
  onSubmit: () => void;
  action: string;
  error: string | null;
  problems: Problem[];
  children: ReactNode;
}

function Form({ onSubmit, action, error, problems, children }: FormProps): ReactNode {
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form className="grid gap-4 overflow-y-auto px-5 pt-1 pb-5" onSubmit={submit}>
      {children}
      {error !== null && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]">{error}</p>}
      <ProblemList problems={problems} />
      <Button type="submit" look="primary" className="justify-self-end">{action}</Button>
    </form>
  );
}

function ProfileName({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactNode {
  return <Field label={tf('profiles.name')} hint={tf('profiles.nameHint')} value={value} required maxLength={40} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => onChange(event.target.value)} />;
}

export function Whose({ value, onChange }: { value: Keeper; onChange: (value: Keeper) => void }): ReactNode {
  return <Choice label={tf('profiles.whose')} value={value} options={KEEPERS.map((one) => ({ value: one, label: t(`keeper.${one}`) }))} onChange={(event) => onChange(event.target.value as Keeper)} />;
}
