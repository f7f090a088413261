/** A mermaid diagram, drawn in the colours of the theme; a wrong one shows its source. */
import { useEffect, useId, useState, type ReactNode } from 'react';
import { t } from '@/i18n/t';
import { drawDiagram } from '@/ui/markdown/mermaid';

export default function Diagram({ source, fallback }: { source: string; fallback: ReactNode }): ReactNode {
  const id = useId().replace(/\W/g, '');
  const [svg, setSvg] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    let current = true;
    drawDiagram(`d${id}`, source).then(
      (drawn) => current && setSvg(drawn),
      () => current && setWrong(true),
    );
    return () => {
      current = false;
    };
  }, [id, source]);
  if (wrong || svg === null) return fallback;
  return (
    <div
      role="img"
      aria-label={t('code.diagramLabel')}
      data-testid="diagram"
      className="flex justify-center overflow-x-auto p-4 [&_svg]:max-w-full"
      dangerouslySetInnerHTML={{ __html: svg }}
    />
  );
}
