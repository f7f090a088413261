/** The diagram drawer, loaded when the first diagram is complete. */
import address from '@mermaid-js/tiny/dist/mermaid.tiny.js?url';

interface Drawer {
  initialize: (settings: Record<string, unknown>) => void;
  render: (id: string, source: string) => Promise<{ svg: string }>;
}

let loading: Promise<Drawer> | null = null;

function dark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}

/** The drawer is a classic script that leaves its name on the window. */
function load(): Promise<Drawer> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = address;
    script.onload = () => resolve((globalThis as unknown as { mermaid: Drawer }).mermaid);
    script.onerror = () => {
      loading = null;
      reject(new Error('The diagram drawer could not be loaded.'));
    };
    document.head.append(script);
  });
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
