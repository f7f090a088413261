/** One model: what it can, what it takes, how it fared, what it costs, and what can be done with it. */
import type { ReactNode } from 'react';
import type { Figure, LoadedModel, Model, RoleExplanation } from '@/api/types';
import { Actions, Badges, presence } from '@/features/models/model-actions';
import { nameOf } from '@/features/models/names';
import { tm } from '@/features/models/texts';
import { failuresOf, firstWordOf, fitOf, fitWords, readableMoney, speedOf, type Fit } from '@/lib/figures';
import { modelHref } from '@/lib/model-href';
import { Link } from '@/lib/place';
import { Icon } from '@/ui/icons';

interface ModelRowProps {
  model: Model;
  figure: Figure | undefined;
  loaded: LoadedModel | undefined;
  /** Now: the list of models is as old as the last look. */
  inMemory: boolean;
  considered: RoleExplanation['considered'] | undefined;
}

export function ModelRow({ model, figure, loaded, inMemory, considered }: ModelRowProps): ReactNode {
  const fit = fitOf(model, considered);
  return (
    <li className="grid gap-2 p-3.5" data-testid="model" data-ref={model.ref}>
      <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
        <span className={`mt-0.5 ${model.local ? 'text-accent' : 'text-warn'}`}><Icon name={model.local ? 'model' : 'cloud'} /></span>
        <div className="min-w-36 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <Link href={modelHref(model.ref)} className="min-h-6 font-medium underline-offset-2 [overflow-wrap:anywhere] hover:underline">{nameOf(model)}</Link>
            <Badges model={model} inMemory={inMemory} />
          </p>
          <p className="text-sm text-muted">{abilities(model).join(' · ')}</p>
        </div>
        <Actions model={model} fit={fit} inMemory={inMemory} />
      </div>
      <Figures model={model} figure={figure} fit={fit} />
      {loaded && <p className="text-sm text-muted sm:pl-7.5">{presence(loaded).join(' · ')}</p>}
      {fit.reason && <p className={`text-sm sm:pl-7.5 ${fit.fits === false ? 'text-warn' : 'text-muted'}`}>{fit.reason}</p>}
    </li>
  );
}

function abilities(model: Model): string[] {
  const facts = [
    model.detail || null,
    model.context_length ? tm('models.window', { n: model.context_length.toLocaleString() }) : null,
    model.tools ? tm('models.tools') : null,
    model.vision ? tm('models.vision') : null,
    model.reasoning ? tm('models.reasoning') : null,
  ];
  return facts.filter((fact) => fact !== null);
}

/** Names and values of what is known; nothing where nothing is. */
function Figures({ model, figure, fit }: { model: Model; figure: Figure | undefined; fit: Fit }): ReactNode {
  const failed = failuresOf(figure);
  const price = figure?.price;
  const known: [string, string | null][] = [
    [tm('models.memory'), fitWords(model, fit)],
    [tm('models.speed'), speedOf(figure)],
    [tm('models.first'), firstWordOf(figure)],
    [tm('models.failures'), failed === null ? null : `${failed} %`],
    [tm('models.price'), price ? tm('models.priceValue', { input: readableMoney(price.input, price.currency), output: readableMoney(price.output, price.currency) }) : null],
  ];
  const shown = known.filter(([, value]) => value !== null);
  if (shown.length === 0) return null;
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-1.5 sm:pl-7.5">
      {shown.map(([name, value]) => (
        <div key={name} title={name === tm('models.speed') ? figure?.estimated?.method : undefined}>
          <dt className="text-xs text-muted">{name}</dt>
          <dd className="text-sm tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
