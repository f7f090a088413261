/** The page's icons: 24-unit outlines drawn in the colour of the text around them. */
import type { ReactNode } from 'react';

const PATHS = {
  plus: 'M12 5v14M5 12h14',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm5-2 4.5 4.5',
  trash: 'M4 7h16M9 7V4.5h6V7m3 0-.8 12.5H6.8L6 7m4 4v5m4-5v5',
  settings: 'M4 7h9m5 0h2M4 17h3m5 0h8M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Zm-6 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  menu: 'M4 7h16M4 12h16M4 17h10',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  send: 'M12 19V5m-6 6 6-6 6 6',
  stop: 'M7.5 7.5h9v9h-9z',
  copy: 'M9 9h10v11H9zM15 9V4H5v11h4',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  edit: 'M5 19h3.5L19 8.5 15.5 5 5 15.5V19ZM13 7.5l3.5 3.5',
  again: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4h-4',
  left: 'm14.5 6-6 6 6 6',
  right: 'm9.5 6 6 6-6 6',
  down: 'M12 5v14m-6-6 6 6 6-6',
  chevron: 'm7 10 5 5 5-5',
  clip: 'M18.5 11.5 12 18a4.2 4.2 0 0 1-6-6l7-7a2.8 2.8 0 0 1 4 4l-7 7a1.4 1.4 0 0 1-2-2l6-6',
  close: 'm6 6 12 12M18 6 6 18',
  up: 'M8 11v9H4v-9h4Zm0 0 4-7c1.5 0 2.5 1 2.2 2.5L13.5 10H19a1.5 1.5 0 0 1 1.5 1.8l-1.3 6.6A2 2 0 0 1 17.2 20H8',
  thumbDown: 'M16 13V4h4v9h-4Zm0 0-4 7c-1.5 0-2.5-1-2.2-2.5l.7-3.5H5a1.5 1.5 0 0 1-1.5-1.8l1.3-6.6A2 2 0 0 1 6.8 4H16',
  fork: 'M7 4v16M7 14c7 0 10-2 10-7M14 9.5 17 6.5l3 3',
  folder: 'M3.5 6h6l2 2.500h9v10.500h-17z',
  file: 'M7 3.5h7L18.5 8v12.5H7zM14 3.5V8h4.5',
  model: 'M12 3.5 19.5 8v8L12 20.5 4.5 16V8L12 3.5Zm0 8.5 7.5-4M12 12v8.5M12 12 4.5 8',
  cloud: 'M7.5 18a4 4 0 0 1-.6-8A5.5 5.5 0 0 1 17.4 9 4.5 4.5 0 0 1 17 18H7.5Z',
  home: 'M5 6.5h14v9H5zM3.5 18.5h17',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm0-13v2m0 14v2M3 12h2m14 0h2M5.6 5.6 7 7m10 10 1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z',
  screen: 'M4 5.5h16v10H4zM9 19h6m-3-3.5V19',
  export: 'M12 14V4m-4 4 4-4 4 4M5 13v6.5h14V13',
  import: 'M12 4v10m-4-4 4 4 4-4M5 13v6.5h14V13',
  play: 'M8 5.5v13l10-6.5-10-6.5Z',
  key: 'M14.5 13.5a4.5 4.5 0 1 0-4.2-3L4 17v3h3l.5-2H10l.5-2h2l1.2-2.6M15.5 8.5h.01',
  help: 'M9 9.5a3 3 0 1 1 4.2 2.7c-.8.4-1.2 1-1.2 1.8v.5m0 3h.01',
  undo: 'M9 7H15a4.5 4.5 0 0 1 0 9H8M9 7l3-3M9 7l3 3',
  panel: 'M4 5h16v14H4zM14.5 5v14',
  spark: 'M12 4c.6 4.6 2.9 7 8 8-5.1 1-7.4 3.400-8 8-.6-4.600-2.900-7-8-8 5.100-1 7.400-3.400 8-8Z',
  swap: 'M5 8.5h14m-4-4 4 4-4 4M19 15.5H5m4-4-4 4 4 4',
  sum: 'M17.5 8V5h-11l6 7-6 7h11v-3',
  alert: 'M12 4 3 19.5h18L12 4Zm0 6v4.500m0 2.500h.01',
  shield: 'M12 3.5 19 6v5.500c0 4.500-3 7.500-7 9-4-1.500-7-4.500-7-9V6l7-2.500Zm-3 8.500 2.200 2.200L15.500 10',
  roles: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7Zm-6 8.500c0-3.500 2.500-5.500 6-5.500s6 2 6 5.500M16 4.500a3.500 3.500 0 0 1 0 6.300m1.500 3.600c2.200.7 3.500 2.500 3.500 5.100',
  layers: 'M12 4 3.500 8.500 12 13l8.500-4.500L12 4ZM4 12.500l8 4.300 8-4.300M4 16.300l8 4.300 8-4.300',
  braces: 'M9 4.500c-2.500 0-3 1-3 3v1.500c0 1.500-.5 2.500-2 3 1.500.5 2 1.500 2 3v1.500c0 2 .5 3 3 3M15 4.500c2.500 0 3 1 3 3v1.500c0 1.500.5 2.500 2 3-1.500.5-2 1.500-2 3v1.500c0 2-.5 3-3 3',
  tag: 'M4 4.5h7.5l8.5 8.5-7 7L4.500 11.500 4 4.500Zm4 4h.01',
  archive: 'M4 5h16v4.500H4zM5.500 9.500V19h13V9.500M10 13h4',
  select: 'M4 5h6v6H4zM5.500 8l1.200 1.200L9 6.800M13 8h7M4 14h6v6H4zm9 3h7',
  clock: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16Zm0-12.500V12l3 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  const heavy = name === 'more' ? 2.6 : 1.7;
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={name === 'stop' ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth={heavy}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: two who walk together, under a light. */
export function Mark({ size = 24 }: { size?: number }): ReactNode {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 64 64" className="shrink-0">
      <rect width="64" height="64" rx="17" fill="#0e5f55" />
      <g fill="none" stroke="#fdfbf6" strokeWidth="6" strokeLinecap="round">
        <path d="M14 45V31a9 9 0 0 1 18 0v14" />
        <path d="M32 31a9 9 0 0 1 18 0v14" />
      </g>
      <circle cx="32" cy="14" r="4" fill="#f2c879" />
    </svg>
  );
}
