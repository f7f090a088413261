/** The diagram drawer, loaded when the first diagram is complete. */

interface Drawer {
  initialize: (settings: Record<string, unknown>) => void;
  render: (id: string, source: string) => Promise<{ svg: string }>;
}

let loading: Promise<Drawer> | null = null;

function dark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

async function load(): Promise<Drawer> {
  const part = (await import('@mermaid-js/tiny')) as { default: Drawer | { default: Drawer } };
  const drawer = 'render' in part.default ? part.default : part.default.default;
  return drawer;
}

/** The diagram as a sanitised SVG; raises where `source` is not a diagram. */
export async function drawDiagram(id: string, source: string): Promise<string> {
  loading ??= load();
  const drawer = await loading;
  drawer.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    theme: dark() ? 'dark' : 'neutral',
    fontFamily: 'inherit',
  });
  return (await drawer.render(id, source)).svg;
}
