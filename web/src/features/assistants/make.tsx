/** A new assistant: made, cloned, spawned. It opens on its page; what was refused is said, and nothing typed is lost. */
import { useQuery } from '@tanstack/react-query';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { assistants, refreshAssistants, type AssistantFull } from '@/api/assistants';
import { modelsQuery } from '@/api/queries';
import { assistantHref, type Known } from '@/features/assistants/doing';
import { lines } from '@/features/assistants/fields';
import { fieldName, ta } from '@/features/assistants/words';
import { go } from '@/lib/place';
import { toast } from '@/lib/toasts';
import { Button } from '@/ui/button';
import { Dialog } from '@/ui/dialog';
import { Field, INPUT } from '@/ui/field';
import { Sentence } from '@/ui/sentence';

interface FormProps {
  title: string;
  lead?: string;
  action: string;
  /** Where the new one opens. */
  section?: string;
  make: () => Promise<AssistantFull>;
  onClose: () => void;
  children: ReactNode;
}

function MakeDialog({ title, lead, action, section = '', make, onClose, children }: FormProps): ReactNode {
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    try {
      const made = await make();
      onClose();
      toast(ta('make.made', { name: made.name }));
      go(assistantHref(made.slug, section));
      await refreshAssistants();
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} open onClose={onClose}>
      <form className="grid gap-4 overflow-y-auto px-5 pt-1 pb-5" onSubmit={(event) => void submit(event)}>
        {lead && <p className="text-sm text-muted">{lead}</p>}
        {children}
        {refused !== null && <p role="alert" className="text-sm text-danger [overflow-wrap:anywhere]"><Sentence text={refused} /></p>}
        <Button type="submit" look="primary" className="justify-self-end" disabled={busy}>{action}</Button>
      </form>
    </Dialog>
  );
}

export function NewAssistant({ onClose }: { onClose: () => void }): ReactNode {
  const { data } = useQuery(modelsQuery);
  const list = useId();
  const [name, setName] = useState('');
  const [specialty, setSpecialty] = useState('');
  const [prompt, setPrompt] = useState('');
  const [model, setModel] = useState('');
  const make = (): Promise<AssistantFull> =>
    assistants.create({
      name,
      prompt: prompt.trim() === '' ? null : prompt,
      ...(specialty.trim() === '' ? {} : { identity: { specialty: specialty.trim() } }),
      ...(model.trim() === '' ? {} : { configuration: { preferred_model: model.trim() } }),
    });
  return (
    <MakeDialog title={ta('make.title')} action={ta('make.do')} section="identity" make={make} onClose={onClose}>
      <Field autoFocus label={ta('make.name')} value={name} required maxLength={255} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      <Field label={ta('make.specialty')} hint={ta('make.specialtyHint')} value={specialty} maxLength={500} autoComplete="off" onChange={(event) => setSpecialty(event.target.value)} />
      <Text label={ta('make.prompt')} hint={ta('make.promptHint')} value={prompt} onChange={setPrompt} />
      <Field label={fieldName('preferred_model')} hint={ta('make.modelHint')} list={list} placeholder="role:chat" value={model} maxLength={500} autoComplete="off" onChange={(event) => setModel(event.target.value)} />
      <datalist id={list}>{data?.items.filter((one) => one.provider !== 'builtin').map((one) => <option key={one.ref} value={one.ref} />)}</datalist>
    </MakeDialog>
  );
}

export function CloneDialog({ of, onClose }: { of: Known; onClose: () => void }): ReactNode {
  const [name, setName] = useState(of.name);
  return (
    <MakeDialog title={ta('clone.title', { name: of.name })} lead={ta('clone.lead')} action={ta('clone.do')} make={() => assistants.clone(of.id, { name })} onClose={onClose}>
      <Field autoFocus label={ta('make.name')} value={name} required maxLength={255} autoComplete="off" onChange={(event) => setName(event.target.value)} />
    </MakeDialog>
  );
}

export function SpawnDialog({ of, onClose }: { of: Known; onClose: () => void }): ReactNode {
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const [traits, setTraits] = useState('');
  const make = (): Promise<AssistantFull> => {
    const given = lines(traits);
    return assistants.spawn(of.id, { name, reason, ...(given.length > 0 ? { traits: given } : {}) });
  };
  return (
    <MakeDialog title={ta('spawn.title', { name: of.name })} lead={ta('spawn.lead', { name: of.name })} action={ta('spawn.do')} make={make} onClose={onClose}>
      <Field autoFocus label={ta('make.name')} value={name} required maxLength={255} autoComplete="off" onChange={(event) => setName(event.target.value)} />
      <Field label={ta('spawn.reason')} value={reason} required maxLength={5000} autoComplete="off" onChange={(event) => setReason(event.target.value)} />
      <Text label={ta('spawn.traits')} hint={ta('spawn.traitsHint')} value={traits} onChange={setTraits} />
    </MakeDialog>
  );
}

function Text({ label, hint, value, onChange }: { label: string; hint: string; value: string; onChange: (value: string) => void }): ReactNode {
  const id = useId();
  return (
    <div className="grid min-w-0 content-start gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">{label}</label>
      <textarea id={id} rows={3} className={`${INPUT} field-sizing-content max-h-64 min-h-20 resize-none leading-relaxed`} aria-describedby={`${id}-hint`} value={value} onChange={(event) => onChange(event.target.value)} />
      <p id={`${id}-hint`} className="text-[0.8125rem] text-muted">{hint}</p>
    </div>
  );
}
