/** Colour for code: highlight.js with one lazily loaded part per language. */
import core from 'highlight.js/lib/core';
import type { LanguageFn } from 'highlight.js';

type Part = () => Promise<{ default: LanguageFn }>;

const PARTS: Record<string, Part> = {
  bash: () => import('highlight.js/lib/languages/bash'),
  c: () => import('highlight.js/lib/languages/c'),
  cpp: () => import('highlight.js/lib/languages/cpp'),
  csharp: () => import('highlight.js/lib/languages/csharp'),
  css: () => import('highlight.js/lib/languages/css'),
  diff: () => import('highlight.js/lib/languages/diff'),
  dockerfile: () => import('highlight.js/lib/languages/dockerfile'),
  go: () => import('highlight.js/lib/languages/go'),
  haskell: () => import('highlight.js/lib/languages/haskell'),
  ini: () => import('highlight.js/lib/languages/ini'),
  java: () => import('highlight.js/lib/languages/java'),
  javascript: () => import('highlight.js/lib/languages/javascript'),
  json: () => import('highlight.js/lib/languages/json'),
  kotlin: () => import('highlight.js/lib/languages/kotlin'),
  lua: () => import('highlight.js/lib/languages/lua'),
  makefile: () => import('highlight.js/lib/languages/makefile'),
  markdown: () => import('highlight.js/lib/languages/markdown'),
  perl: () => import('highlight.js/lib/languages/perl'),
  php: () => import('highlight.js/lib/languages/php'),
  powershell: () => import('highlight.js/lib/languages/powershell'),
  python: () => import('highlight.js/lib/languages/python'),
  r: () => import('highlight.js/lib/languages/r'),
  ruby: () => import('highlight.js/lib/languages/ruby'),
  rust: () => import('highlight.js/lib/languages/rust'),
  scala: () => import('highlight.js/lib/languages/scala'),
  sql: () => import('highlight.js/lib/languages/sql'),
  swift: () => import('highlight.js/lib/languages/swift'),
  typescript: () => import('highlight.js/lib/languages/typescript'),
  xml: () => import('highlight.js/lib/languages/xml'),
  yaml: () => import('highlight.js/lib/languages/yaml'),
};

const OTHER_NAMES: Record<string, string> = {
  sh: 'bash', shell: 'bash', zsh: 'bash', console: 'bash', 'c++': 'cpp', cc: 'cpp', h: 'c', hpp: 'cpp', cs: 'csharp',
  docker: 'dockerfile', golang: 'go', hs: 'haskell', toml: 'ini', js: 'javascript', jsx: 'javascript',
  mjs: 'javascript', kt: 'kotlin', make: 'makefile', md: 'markdown', ps1: 'powershell', py: 'python', rb: 'ruby',
  rs: 'rust', ts: 'typescript', tsx: 'typescript', html: 'xml', svg: 'xml', yml: 'yaml', jsonc: 'json',
};

/** Code above this size stays plain: colouring it would be felt. */
const LARGEST = 60_000;

/** `code` as HTML with highlight.js classes, or null for an unknown language. */
export async function highlight(code: string, language: string): Promise<string | null> {
  const name = OTHER_NAMES[language] ?? language;
  const part = PARTS[name];
  if (!part || code.length > LARGEST) return null;
  if (!core.getLanguage(name)) core.registerLanguage(name, (await part()).default);
  return core.highlight(code, { language: name, ignoreIllegals: true }).value;
}
