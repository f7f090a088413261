/** Initial JavaScript of the built page, gzipped, against its budget of 150 kB. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 150;
const dist = new URL('../dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const wanted = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => match[1]);
const seen = new Map();

/** A chunk and what it imports at once (not what it imports later). */
function visit(path) {
  if (seen.has(path)) return;
  const code = readFileSync(new URL(path, dist), 'utf8');
  seen.set(path, gzipSync(code, { level: 9 }).length / 1000);
  for (const match of code.matchAll(/(?:^|[;\s}])(?:import|export)\s*(?:[^"'()]*?from\s*)?["']\.\/([^"']+\.js)["']/g)) visit(`assets/${match[1]}`);
}

wanted.forEach(visit);
const total = [...seen.values()].reduce((sum, size) => sum + size, 0);
for (const [path, size] of [...seen].sort((a, b) => b[1] - a[1])) console.log(`${size.toFixed(1).padStart(7)} kB  ${path}`);
console.log(`${total.toFixed(1).padStart(7)} kB  initial JavaScript (budget ${BUDGET_KB})`);
process.exitCode = total > BUDGET_KB ? 1 : 0;
