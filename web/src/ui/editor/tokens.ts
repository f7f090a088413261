/** The pieces of a line of JSON or YAML, for colouring; their texts joined are the line. */

export interface Token {
  kind: 'plain' | 'key' | 'string' | 'number' | 'word' | 'comment';
  text: string;
}

const JSON_PIECE = /("(?:[^"\\]|\\.)*"?)(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;
const YAML_KEY = /^(\s*(?:- )?\s*)([^\s#:'"[{][^:#]*?|"[^"]*"|'[^']*')(:)(?=\s|$)/;
const YAML_PIECE = /("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)|((?<=[\s[,]|^)#.*$)|((?<=[\s[,:]|^)-?\d+(?:\.\d+)?(?=[\s,\]]|$))|\b(true|false|null)\b/g;

/** The tokens of one line. */
export function tokensOf(line: string, language: 'json' | 'yaml'): Token[] {
  if (language === 'json') return pieces(line, JSON_PIECE, (match) => ({ kind: jsonKind(match), text: match[0] }));
  const key = YAML_KEY.exec(line);
  const [whole = '', indent = '', name = '', colon = ''] = key ?? [];
  const head: Token[] = key ? [plain(indent), { kind: 'key', text: name }, plain(colon)] : [];
  const rest = pieces(line.slice(whole.length), YAML_PIECE, (match) => ({ kind: yamlKind(match), text: match[0] }));
  return [...head.filter((token) => token.text !== ''), ...rest];
}

function pieces(line: string, pattern: RegExp, token: (match: RegExpExecArray) => Token): Token[] {
  const found: Token[] = [];
  let at = 0;
  for (const match of line.matchAll(pattern)) {
    if (match.index > at) found.push(plain(line.slice(at, match.index)));
    found.push(token(match));
    at = match.index + match[0].length;
  }
  if (at < line.length) found.push(plain(line.slice(at)));
  return found;
}

function plain(text: string): Token {
  return { kind: 'plain', text };
}

function jsonKind(match: RegExpExecArray): Token['kind'] {
  if (match[1]) return match[2] ? 'key' : 'string';
  return match[3] ? 'number' : 'word';
}

function yamlKind(match: RegExpExecArray): Token['kind'] {
  if (match[1]) return 'string';
  if (match[2]) return 'comment';
  return match[3] ? 'number' : 'word';
}
