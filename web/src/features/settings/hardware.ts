/** A machine as lines for people; what is null is unknown, an empty list is none. */
import type { Machine } from '@/api/types';
import { t } from '@/i18n/t';
import { readableSize } from '@/lib/bytes';

/** Names and values, in the order of the card. */
export function hardwareFacts(machine: Machine): [string, string][] {
  return [
    [t('hardware.processor'), processor(machine.processor)],
    [t('hardware.memory'), memory(machine.memory)],
    [t('hardware.gpus'), each(machine.gpus, graphics)],
    [t('hardware.disk'), machine.disk ? free(machine.disk.free, machine.disk.total) : t('hardware.unknown')],
    [t('hardware.temperature'), hottest(machine.temperatures)],
    [t('hardware.battery'), each(machine.batteries, battery)],
  ];
}

function processor({ name, logical, usable }: Machine['processor']): string {
  return joined([
    name ?? t('hardware.unknown'),
    logical === null ? null : t('hardware.threads', { n: logical }),
    usable === null || usable === logical ? null : t('hardware.usable', { n: usable }),
  ]);
}

function memory({ available, capacity, limit }: Machine['memory']): string {
  return joined([free(available, capacity), limit === null ? null : t('hardware.limited')]);
}

function graphics(gpu: NonNullable<Machine['gpus']>[number]): string {
  if (gpu.memory_total === null) return gpu.name;
  const size = gpu.memory_free === null ? readableSize(gpu.memory_total) : free(gpu.memory_free, gpu.memory_total);
  return `${gpu.name} (${size})`;
}

function battery({ percent, charging }: NonNullable<Machine['batteries']>[number]): string {
  return joined([
    percent === null ? t('hardware.unknown') : t('hardware.percent', { n: percent }),
    charging === false ? t('hardware.draining') : null,
  ]);
}

function hottest(sensors: Machine['temperatures']): string {
  const first = sensors?.reduce((a, b) => (b.celsius > a.celsius ? b : a), sensors[0]!);
  return first ? t('hardware.degrees', { n: Math.round(first.celsius), name: first.name }) : t('hardware.unknown');
}

function each<T>(items: T[] | null, words: (item: T) => string): string {
  if (items === null) return t('hardware.unknown');
  return items.length === 0 ? t('hardware.none') : items.map(words).join(', ');
}

function free(bytes: number, total: number): string {
  return t('hardware.of', { free: readableSize(bytes), total: readableSize(total) });
}

function joined(parts: (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ');
}
