/** How a model fared here and what it costs, each with where that is from. */
import type { ReactNode } from 'react';
import type { ModelFacts } from '@/api/types';
import { FactList, type Row } from '@/features/models/fact-list';
import { to } from '@/features/models/model-texts';
import { readableMoney, readableRate } from '@/lib/figures';
import { fullTime } from '@/lib/time';
import { Badge } from '@/ui/badge';
import { Group } from '@/ui/page';
import { Sentence } from '@/ui/sentence';

type Performance = ModelFacts['performance'];

export function Speed({ performance }: { performance: Performance }): ReactNode {
  const never = performance.measured_at === null;
  return (
    <Group id="speed" title={to('one.speed')}>
      {never && <p className="text-sm text-muted">{to('one.speedNone')}</p>}
      <FactList testId="performance" rows={[rate(performance), ...(never ? [] : measured(performance))]} />
      {performance.estimated && <p className="text-[0.8125rem] text-muted">{performance.estimated.method}</p>}
    </Group>
  );
}

/** As measured; until then as estimated, and said to be. */
function rate({ tokens_per_second: value, estimated }: Performance): Row {
  const row = { id: 'tokens_per_second', name: to('one.rate') };
  if (value !== null) return { ...row, value: readableRate(value), from: <Badge tone="good">{to('one.measured')}</Badge> };
  if (estimated) return { ...row, value: readableRate(estimated.tokens_per_second), from: <Badge>{to('one.estimated')}</Badge> };
  return { ...row, value: to('one.unknown'), unknown: true };
}

function measured({ first_token_seconds: first, failure_rate: failed, answers, failures, measured_at: at }: Performance): Row[] {
  const kinds = Object.entries(failures).map(([code, count]) => `${code} (${readableRate(count)})`);
  return [
    { id: 'first_token_seconds', name: to('one.first'), value: first === null ? to('one.unknown') : readableRate(first), from: to('one.firstHint'), unknown: first === null },
    { id: 'failure_rate', name: to('one.failures'), value: failed === null ? to('one.unknown') : `${Math.round(failed * 100)} %`, from: kinds.join(', '), unknown: failed === null },
    { id: 'answers', name: to('one.answers'), value: to('one.answersValue', { n: readableRate(answers) }), from: to('one.answersHint') },
    ...(at === null ? [] : [{ id: 'measured_at', name: to('one.measuredAt'), value: fullTime(at) }]),
  ];
}

export function Cost({ facts: { price, price_why: why, model } }: { facts: ModelFacts }): ReactNode {
  const rows: Row[] = price
    ? ([['input', 'one.priceRead'], ['output', 'one.priceWritten'], ['cached', 'one.priceCached']] as const).map(([id, name]) => ({ id, name: to(name), value: readableMoney(price[id], price.currency) }))
    : [{ id: 'none', name: to('one.price'), value: model.local ? to('one.priceFree') : to('one.unknown'), unknown: !model.local }];
  return (
    <Group id="price" title={to('one.price')}>
      <FactList testId="price" rows={rows} />
      <p className="text-[0.8125rem] text-muted [overflow-wrap:anywhere]"><Sentence text={why} /></p>
    </Group>
  );
}
