/** What differs between two texts, line by line. */

export interface DiffLine {
  kind: 'same' | 'gone' | 'new';
  text: string;
}

/** Beyond this many pairs of lines the middle is shown as replaced whole. */
const MOST_PAIRS = 1_000_000;

/** The lines of `before` and `after` in order: kept, gone, new. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n');
  const b = after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const same = (lines: string[]): DiffLine[] => lines.map((text) => ({ kind: 'same', text }));
  return [
    ...same(a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...same(a.slice(a.length - tail)),
  ];
}

/** The longest common subsequence, walked from the front. */
function middle(a: string[], b: string[]): DiffLine[] {
  const whole = a.length * b.length > MOST_PAIRS;
  const lengths = whole ? [] : table(a, b);
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (!whole && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i++] ?? '' });
      j++;
    } else if (whole || at(i + 1, j) >= at(i, j + 1)) lines.push({ kind: 'gone', text: a[i++] ?? '' });
    else lines.push({ kind: 'new', text: b[j++] ?? '' });
  }
  while (i < a.length) lines.push({ kind: 'gone', text: a[i++] ?? '' });
  while (j < b.length) lines.push({ kind: 'new', text: b[j++] ?? '' });
  return lines;
}

function table(a: string[], b: string[]): Uint32Array[] {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    const row = rows[i];
    const below = rows[i + 1];
    if (!row || !below) continue;
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = a[i] === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
}

/** `lines` with what is far from any change left out; a number stands for that many lines. */
export function folded(lines: DiffLine[], around = 2): (DiffLine | number)[] {
  const near = new Set<number>();
  lines.forEach((line, i) => {
    if (line.kind !== 'same') for (let k = i - around; k <= i + around; k++) near.add(k);
  });
  const shown: (DiffLine | number)[] = [];
  lines.forEach((line, i) => {
    const last = shown.at(-1);
    if (near.has(i)) shown.push(line);
    else if (typeof last === 'number') shown[shown.length - 1] = last + 1;
    else shown.push(1);
  });
  return shown;
}
