/** Text inside a block: emphasis, links, code, mathematics. */
import type { Token, Tokens } from 'marked';
import type { ReactNode } from 'react';
import { t } from '@/i18n/t';
import { safeHref, type MathToken } from '@/lib/markdown';
import { Math as Formula } from '@/ui/markdown/math';

export function Inline({ tokens }: { tokens: Token[] }): ReactNode {
  return tokens.map((token, i) => <InlineToken key={i} token={token} />);
}

function InlineToken({ token }: { token: Token }): ReactNode {
  switch (token.type) {
    case 'text':
      return 'tokens' in token && token.tokens ? <Inline tokens={token.tokens} /> : decoded(String(token.text));
    case 'escape':
      return decoded(String(token.text));
    case 'strong':
      return <strong><Inline tokens={token.tokens ?? []} /></strong>;
    case 'em':
      return <em><Inline tokens={token.tokens ?? []} /></em>;
    case 'del':
      return <del><Inline tokens={token.tokens ?? []} /></del>;
    case 'codespan':
      return <code className="code">{String(token.text)}</code>;
    case 'br':
      return <br />;
    case 'link':
      return <Link link={token as Tokens.Link} />;
    case 'image':
      return <Picture image={token as Tokens.Image} />;
    case 'math':
      return <Formula source={(token as unknown as MathToken).text} display={(token as unknown as MathToken).display} />;
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : token.raw;
    default:
      return token.raw;
  }
}

function Link({ link }: { link: Tokens.Link }): ReactNode {
  const href = safeHref(link.href);
  if (!href) return <Inline tokens={link.tokens} />;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={link.title ?? undefined}>
      <Inline tokens={link.tokens} />
    </a>
  );
}

/** A picture from elsewhere is not loaded: no request leaves the origin. Its address is offered instead. */
function Picture({ image }: { image: Tokens.Image }): ReactNode {
  if (/^data:image\/(png|jpeg|gif|webp);/.test(image.href) || /^\/(?!\/)/.test(image.href)) {
    return <img src={image.href} alt={image.text} className="inline-block max-h-96 rounded-lg" />;
  }
  const href = safeHref(image.href);
  const label = t('image.notLoaded', { name: image.text || image.href });
  return href ? <a href={href} target="_blank" rel="noopener noreferrer nofollow">{label}</a> : label;
}

const decoder = typeof document === 'undefined' ? null : document.createElement('textarea');

function decoded(text: string): string {
  if (!decoder || !/&[#\w]+;/.test(text)) return text;
  decoder.innerHTML = text.replaceAll('<', '&lt;');
  return decoder.value;
}
