/** What a model can do and how much it reads at once, each with who says so. */
import type { ReactNode } from 'react';
import type { Fact, ModelFacts } from '@/api/types';
import { FactList } from '@/features/models/fact-list';
import { factName, factValue, to } from '@/features/models/model-texts';
import { Badge, type Tone } from '@/ui/badge';
import { CARD, Group } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

const TONES: Record<NonNullable<Fact['source']>, Tone> = { explicit: 'good', measured: 'good', reported: 'good', table: 'plain', name: 'warn' };

/** What is asked first comes first. */
const ORDER = [
  'context_length', 'supports_tools', 'supports_function_calling', 'supports_vision', 'model_size', 'quantization_level', 'memory_gb_estimate',
  'min_memory_gb', 'recommended_memory_gb', 'reasoning_strength', 'coding_strength', 'creativity', 'multilingual_score', 'thermal_sensitivity',
  'model_source', 'requires_api_key',
];

export function Capabilities({ facts: { capabilities } }: { facts: ModelFacts }): ReactNode {
  const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const known = Object.entries(capabilities).toSorted(([a], [b]) => place(a) - place(b));
  const rows = known.map(([name, fact]) => ({
    id: name,
    name: factName(name),
    value: factValue(name, fact),
    from: fact.source && <SourceBadge source={fact.source} />,
    unknown: fact.value === null,
  }));
  return (
    <Group id="capabilities" title={to('one.can')} lead={to('one.canLead')}>
      <FactList testId="capabilities" rows={rows} />
    </Group>
  );
}

function SourceBadge({ source }: { source: NonNullable<Fact['source']> }): ReactNode {
  return <span title={to(`source.${source}.about`)}><Badge tone={TONES[source]}>{to(`source.${source}`)}</Badge></span>;
}

export function Reads({ window }: { window: ModelFacts['window'] }): ReactNode {
  const n = window.tokens?.toLocaleString() ?? '';
  const facts = [
    window.tokens !== null && window.served === null ? to('one.readsModel', { n }) : window.why,
    window.loaded === null ? null : to('one.readsNow', { n: window.loaded.toLocaleString() }),
    window.tokens === null ? null : window.refuses ? to('one.refuses') : to('one.cuts'),
  ].filter((one) => one !== null);
  return (
    <Group id="window" title={to('one.reads')}>
      <div className={`${CARD} grid gap-1 px-4 py-3`} data-testid="window">
        <p className={`text-lg tabular-nums ${window.tokens === null ? 'text-muted italic' : ''}`}>{headline(window, n)}</p>
        <p className="text-sm text-muted"><Sentence text={facts.join(' ')} /></p>
      </div>
    </Group>
  );
}

function headline({ tokens, served, source }: ModelFacts['window'], n: string): string {
  if (tokens === null || served === null) return to('one.unknown');
  return source === 'sent' ? to('one.readsUpTo', { n }) : to('one.readsTokens', { n });
}
