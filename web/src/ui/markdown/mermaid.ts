/** The diagram drawer, loaded when the first diagram is complete. */
import address from '@mermaid-js/tiny/dist/mermaid.tiny.js?url';

interface Drawer {
  initialize: (settings: Record<string, unknown>) => void;
  render: (id: string, source: string) => Promise<{ svg: string }>;
}

const LIGHT = {
  background: '#f4f1ea', primaryColor: '#dfece6', primaryTextColor: '#1c2421', primaryBorderColor: '#0d5e54',
  secondaryColor: '#faeed6', tertiaryColor: '#ffffff', lineColor: '#575f5a', textColor: '#1c2421', edgeLabelBackground: '#f4f1ea',
};

const DARK = {
  background: '#181c1f', primaryColor: '#1d3430', primaryTextColor: '#e9e7e1', primaryBorderColor: '#82d3c1',
  secondaryColor: '#33291a', tertiaryColor: '#1b2023', lineColor: '#a5ada9', textColor: '#e9e7e1', edgeLabelBackground: '#181c1f',
};

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
    theme: 'base',
    darkMode: dark(),
    themeVariables: dark() ? DARK : LIGHT,
    fontFamily: 'inherit',
  });
  return (await drawer.render(id, source)).svg;
}
