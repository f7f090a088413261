/** Mathematics as MathML; the typesetter is loaded when a formula first appears. */
import { useEffect, useRef, type ReactNode } from 'react';

type Temml = typeof import('temml')['default'];

let loading: Promise<Temml> | null = null;

function load(): Promise<Temml> {
  loading ??= Promise.all([import('temml'), import('temml/dist/Temml-Local.css')]).then(([part]) => part.default);
  return loading;
}

export function Math({ source, display }: { source: string; display: boolean }): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let current = true;
    void load().then((temml) => {
      if (!current || !place.current) return;
      temml.render(source, place.current, { displayMode: display, throwOnError: false });
    });
    return () => {
      current = false;
    };
  }, [source, display]);
  const look = display ? 'block overflow-x-auto py-1 text-center' : 'inline';
  return <span ref={place} data-math={source} className={look}>{source}</span>;
}
