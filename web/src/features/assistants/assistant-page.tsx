/** One assistant: what it is, its facets to be edited beside what a model is sent, its versions. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { assistantQuery, effectsQuery, FACETS, type AssistantFull, type Effect, type Part } from '@/api/assistants';
import { ApiError } from '@/api/http';
import { assistantHref, become, chatHref, GALLERY, remove } from '@/features/assistants/doing';
import { FacetForm, useUnsaved } from '@/features/assistants/facet-form';
import { LifeDialogs, LifeMenu, type Asked } from '@/features/assistants/life';
import { Overview } from '@/features/assistants/overview';
import { Preview, PreviewButton } from '@/features/assistants/preview';
import { Versions } from '@/features/assistants/versions';
import { partName, ta } from '@/features/assistants/words';
import { useActions } from '@/lib/actions';
import { go, Link } from '@/lib/place';
import { BackLink } from '@/ui/back-link';
import { Icon } from '@/ui/icons';
import { PlacePage } from '@/ui/page';
import { Reading, Refused } from '@/ui/reading';
import { Tabs } from '@/ui/tabs';

const PARTS: readonly Part[] = ['core', ...FACETS];
const VERSIONS = 'versions';

interface PageProps {
  reference: string;
  /** A part, the versions, or nothing: the overview. */
  section: string;
  item: string;
}

export function AssistantPage({ reference, section }: PageProps): ReactNode {
  const full = useQuery(assistantQuery(reference));
  const effects = useQuery(effectsQuery);
  const error = full.error ?? effects.error;
  const part = PARTS.find((one) => one === section) ?? null;
  if (!full.data || !effects.data) {
    return (
      <PlacePage title={error instanceof ApiError && error.status === 404 ? ta('gone.title') : ta('title')}>
        <BackLink href={GALLERY}>{ta('all')}</BackLink>
        {error ? <Refused error={error} onRetry={() => { void full.refetch(); void effects.refetch(); }} /> : <Reading what={reference} />}
      </PlacePage>
    );
  }
  return <Shown full={full.data} reference={reference} effects={effects.data.items} part={part} versions={section === VERSIONS} />;
}

interface ShownProps {
  full: AssistantFull;
  reference: string;
  effects: readonly Effect[];
  part: Part | null;
  versions: boolean;
}

function Shown({ full, reference, effects, part, versions }: ShownProps): ReactNode {
  useOwnAddress(full.slug, reference, part ?? (versions ? VERSIONS : ''));
  const [asked, setAsked] = useState<Asked>(null);
  useOwnActions(full, setAsked);
  const tabs = [
    { href: assistantHref(full.slug), label: ta('section.overview'), current: part === null && !versions },
    { href: assistantHref(full.slug, 'identity'), label: ta('section.edit'), current: part !== null },
    { href: assistantHref(full.slug, VERSIONS), label: ta('section.versions'), current: versions },
  ];
  return (
    <PlacePage wide title={full.name} actions={<Actions full={full} />}>
      <BackLink href={GALLERY}>{ta('all')}</BackLink>
      <Tabs label={ta('section.label', { name: full.name })} tabs={tabs} />
      {versions && <div className="max-w-(--read)"><Versions full={full} effects={effects} /></div>}
      {part !== null && <Editing full={full} reference={reference} effects={effects} part={part} />}
      {part === null && !versions && <Overview full={full} effects={effects} onSpawn={() => setAsked('spawn')} />}
      <LifeDialogs assistant={full} asked={asked} onClose={() => setAsked(null)} />
    </PlacePage>
  );
}

/** A slug that was changed is the address from then on. */
function useOwnAddress(slug: string, reference: string, section: string): void {
  useEffect(() => {
    if (slug !== reference) go(assistantHref(slug, section), { replace: true });
  }, [slug, reference, section]);
}

function useOwnActions(full: AssistantFull, ask: (asked: Asked) => void): void {
  const { slug, name, status } = full;
  useActions(() => {
    const group = ta('action.group');
    return [
      { id: 'assistant.chat', title: ta('chat.with', { name }), group, run: () => go(chatHref(slug)) },
      ...PARTS.map((part) => ({ id: `assistant.edit.${part}`, title: ta('action.editFacet', { facet: partName(part) }), group, run: () => go(assistantHref(slug, part)) })),
      { id: 'assistant.versions', title: ta('versions.title'), group, run: () => go(assistantHref(slug, VERSIONS)) },
      { id: 'assistant.clone', title: ta('clone.title', { name }), group, run: () => ask('clone') },
      { id: 'assistant.spawn', title: ta('spawn.title', { name }), group, run: () => ask('spawn') },
      status === 'active'
        ? { id: 'assistant.archive', title: `${ta('life.archive')}: ${name}`, group, run: () => void become(full, 'archived') }
        : { id: 'assistant.activate', title: `${ta('life.activate')}: ${name}`, group, run: () => void become(full, 'active') },
      { id: 'assistant.delete', title: `${ta('life.delete')}: ${name}`, group, run: () => void remove(full) },
    ];
  }, [full, slug, name, status, ask]);
}

function Actions({ full }: { full: AssistantFull }): ReactNode {
  return (
    <div className="flex items-center gap-2">
      <Link href={chatHref(full.slug)} aria-label={ta('chat.with', { name: full.name })} data-testid="chat-with" className="inline-flex min-h-9 items-center gap-2 rounded-lg bg-accent px-3.5 text-sm font-medium text-on-accent hover:bg-accent-strong">
        <Icon name="send" size={16} />
        {ta('chat')}
      </Link>
      <LifeMenu assistant={full} />
    </div>
  );
}

/** What shapes the system prompt is edited beside it. */
const SHAPES: readonly Part[] = ['core', 'identity', 'configuration'];

function Editing({ full, reference, effects, part }: { full: AssistantFull; reference: string; effects: readonly Effect[]; part: Part }): ReactNode {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <nav aria-label={ta('facet.label', { name: full.name })} className="flex flex-wrap gap-1">
        {PARTS.map((one) => <FacetLink key={one} full={full} part={one} current={one === part} />)}
      </nav>
      <div className={`grid grid-cols-[minmax(0,1fr)] items-start gap-7 ${SHAPES.includes(part) ? 'lg:grid-cols-[minmax(0,1.25fr)_minmax(0,1fr)]' : 'max-w-(--read)'}`}>
        <FacetForm key={part} full={full} reference={reference} part={part} effects={effects} beside={SHAPES.includes(part) && <PreviewButton full={full} effects={effects} />} />
        {SHAPES.includes(part) && <div className="hidden lg:sticky lg:top-4 lg:block"><Preview full={full} effects={effects} /></div>}
      </div>
    </div>
  );
}

function FacetLink({ full, part, current }: { full: AssistantFull; part: Part; current: boolean }): ReactNode {
  const unsaved = useUnsaved(full.id, part);
  return (
    <Link
      href={assistantHref(full.slug, part)}
      aria-current={current ? 'page' : undefined}
      className={`inline-flex min-h-8 items-center gap-1.5 rounded-full px-3 text-sm coarse:min-h-10 ${current ? 'bg-accent-soft font-medium text-accent-strong' : 'text-muted hover:bg-hover hover:text-ink'}`}
    >
      {partName(part)}
      {unsaved && <><span aria-hidden="true" className="size-1.5 rounded-full bg-accent" /><span className="sr-only">({ta('facet.unsaved')})</span></>}
    </Link>
  );
}
