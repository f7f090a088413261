import { expect, it } from 'vitest';
import type { Machine } from '@/api/types';
import { hardwareFacts } from '@/features/settings/hardware';

const MACHINE: Machine = {
  system: 'Linux',
  processor: { name: 'Test Core 9', logical: 8, physical: 4, usable: 1.5 },
  memory: { total: 64e9, available: 3e9, limit: 8e9, capacity: 8e9 },
  disk: { total: 1e12, free: 4e11 },
  gpus: [
    { name: 'A', vendor: 'AMD', memory_total: 8e9, memory_free: 7e9, shared: false },
    { name: 'B', vendor: 'Intel', memory_total: null, memory_free: null, shared: true },
    { name: 'C', vendor: 'AMD', memory_total: 4e9, memory_free: null, shared: null },
  ],
  temperatures: [{ name: 'a', celsius: 40 }, { name: 'Tctl', celsius: 54.6 }],
  batteries: [{ percent: 83, charging: false }],
};

it('says what there is', () => {
  expect(hardwareFacts(MACHINE).map(([, value]) => value)).toEqual([
    'Test Core 9 · 8 threads · 1.5 usable in this container',
    '3.0 GB free of 8.0 GB · limit of this container',
    'A (7.0 GB free of 8.0 GB), B, C (4.0 GB)',
    '400 GB free of 1.0 TB',
    '55 °C (Tctl)',
    '83 % · draining',
  ]);
});

it('tells unknown from none', () => {
  const unknown: Machine = {
    ...MACHINE,
    processor: { name: null, logical: null, physical: null, usable: null },
    disk: null,
    gpus: null,
    temperatures: null,
    batteries: null,
  };
  expect(hardwareFacts(unknown).filter(([, value]) => value === 'unknown')).toHaveLength(5);
  expect(hardwareFacts({ ...unknown, gpus: [], batteries: [] }).map(([, value]) => value)).toContain('none found');
});
