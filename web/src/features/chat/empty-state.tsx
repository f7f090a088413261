/** The first thing a person sees: ways to begin, and the truth about the model. */
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, type ReactNode } from 'react';
import { catalogueQuery } from '@/api/models';
import { ChatWith } from '@/features/chat/chat-with';
import { useAnswering, useModelChoice } from '@/features/chat/choices';
import { NEW, readDraft, writeDraft } from '@/features/chat/drafts';
import { shortName } from '@/features/chat/model-menu';
import { Portrait } from '@/features/chat/portrait';
import type { MessageKey } from '@/i18n/t';
import { t } from '@/i18n/t';
import { readableRate } from '@/lib/figures';
import { Link } from '@/lib/place';
import { Icon, type IconName } from '@/ui/icons';

const ProjectStart = lazy(() => import('@/features/chat/project-start'));

interface Starter {
  icon: IconName;
  title: MessageKey;
  text: MessageKey;
}

const WITH_MODEL: Starter[] = [
  { icon: 'edit', title: 'starter.plan', text: 'starter.plan.text' },
  { icon: 'spark', title: 'starter.explain', text: 'starter.explain.text' },
  { icon: 'file', title: 'starter.rewrite', text: 'starter.rewrite.text' },
  { icon: 'search', title: 'starter.recall', text: 'starter.recall.text' },
];

const SEARCH_MODE: Starter[] = [
  { icon: 'search', title: 'starter.recall', text: 'starter.recall.text' },
  { icon: 'clock', title: 'starter.date', text: 'starter.date.text' },
  { icon: 'swap', title: 'starter.units', text: 'starter.units.text' },
  { icon: 'sum', title: 'starter.sum', text: 'starter.sum.text' },
];

const TITLE = 'font-serif text-[clamp(1.7rem,5vw,2.35rem)] leading-tight font-medium tracking-tight text-balance';

/** A starter that the person is to finish says so. */
function hinted(text: string): string {
  return text === text.trimEnd() ? text : `${text.trimEnd()} …`;
}

/** Puts a starter into the composer, after what is there; it is not sent. */
function fill(text: string): void {
  const before = readDraft(NEW);
  writeDraft(NEW, { ...before, text: before.text.trim() === '' ? text : `${before.text}\n${text}` });
  document.getElementById('composer')?.focus();
}

export function EmptyState({ project }: { project: string | undefined }): ReactNode {
  const choice = useModelChoice(null);
  const { reference } = useAnswering(null);
  const starters = choice.builtinOnly ? SEARCH_MODE : WITH_MODEL;
  return (
    <div className="mx-auto grid w-full max-w-(--read) gap-8 px-5 pt-[max(3rem,14dvh)] pb-8" data-testid="empty-state">
      <div className="grid gap-2">
        {project && (
          <Suspense>
            <ProjectStart id={project} />
          </Suspense>
        )}
        {reference === null ? <h1 className={TITLE}>{t('empty.title')}</h1> : <Portrait titleClass={TITLE} />}
        <p className={`max-w-[34rem] text-muted ${project ? 'hidden' : ''}`}>
          {choice.builtinOnly ? t('empty.searchMode') : choice.current ? modelLine(shortName(choice.current), choice.current.local) : t('empty.lead')}
        </p>
      </div>
      <ul className="grid gap-2.5 sm:grid-cols-2" aria-label={t('empty.starters')}>
        {starters.map((starter) => (
          <li key={starter.title}>
            <button
              type="button"
              data-testid="starter"
              onClick={() => fill(t(starter.text))}
              className="flex h-full w-full items-start gap-3 rounded-xl border border-line bg-surface p-3.5 text-left transition-colors hover:border-accent hover:bg-accent-soft"
            >
              <span className="mt-0.5 text-accent"><Icon name={starter.icon} /></span>
              <span className="min-w-0">
                <span className="block font-medium">{t(starter.title)}</span>
                <span className="mt-0.5 line-clamp-2 block text-sm text-muted">{hinted(t(starter.text))}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {reference === null && <ChatWith />}
      {choice.builtinOnly && <GetModel />}
    </div>
  );
}

function modelLine(model: string, local: boolean): string {
  return local ? t('empty.local', { model }) : t('empty.cloud', { model });
}

function GetModel(): ReactNode {
  const ways: { icon: IconName; title: MessageKey; hint: MessageKey; to: string }[] = [
    { icon: 'home', title: 'getModel.ollama', hint: 'getModel.ollamaHint', to: '/models/get#ollama' },
    { icon: 'key', title: 'getModel.key', hint: 'getModel.keyHint', to: '/models/servers#key' },
    { icon: 'file', title: 'getModel.file', hint: 'getModel.fileHint', to: '/models/get#file' },
  ];
  return (
    <section aria-labelledby="get-model" className="grid gap-3 border-t border-line pt-6" data-testid="get-model">
      <h2 id="get-model" className="text-sm font-semibold">{t('getModel.title')}</h2>
      <Fitting />
      <ul className="grid gap-2 sm:grid-cols-3">
        {ways.map((way) => (
          <li key={way.to}>
            <Link href={way.to} className="flex h-full items-start gap-2.5 rounded-xl p-2.5 hover:bg-hover">
              <span className="mt-0.5 text-accent"><Icon name={way.icon} /></span>
              <span>
                <span className="block text-sm font-medium">{t(way.title)}</span>
                <span className="block text-[0.8125rem] text-muted">{t(way.hint)}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

const CONTEXT = 8192;
/** Slower than this nobody waits for an answer. */
const TOKENS_A_SECOND = 4;

/** The largest model that fits this machine and is not too slow on it. */
function Fitting(): ReactNode {
  const { data } = useQuery(catalogueQuery(CONTEXT, ''));
  const fitting = data?.items.filter((item) => item.fits === 'now' && (item.tokens_per_second ?? 0) >= TOKENS_A_SECOND);
  const best = fitting?.toSorted((a, b) => a.parameters - b.parameters).at(-1);
  if (!best) return null;
  return (
    <Link href="/models/get" data-testid="fitting" className="flex items-start gap-2.5 rounded-xl border border-line bg-surface p-3 hover:border-accent hover:bg-accent-soft">
      <span className="mt-0.5 text-accent"><Icon name="model" /></span>
      <span className="min-w-0">
        <span className="block text-sm font-medium">{t('getModel.fits', { model: best.model })}</span>
        <span className="block text-[0.8125rem] text-muted">{t('getModel.fitsHint', { speed: readableRate(best.tokens_per_second ?? 0) })}</span>
      </span>
    </Link>
  );
}
