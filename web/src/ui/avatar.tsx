/** The face of an assistant: its emoji, its picture if that is kept here, or the first letter of its name. */
import type { ReactNode } from 'react';

interface AvatarProps {
  avatar: string | null | undefined;
  name: string;
  size?: 'small' | 'medium' | 'large';
}

const SIZES = {
  small: 'size-6 rounded-lg text-sm',
  medium: 'size-11 rounded-xl text-2xl',
  large: 'size-16 rounded-2xl text-4xl',
} as const;

/** As many characters as an emoji may have. */
const LONGEST = 12;

export function Avatar({ avatar, name, size = 'medium' }: AvatarProps): ReactNode {
  const box = `inline-grid shrink-0 place-content-center overflow-hidden bg-accent-soft text-accent-strong select-none ${SIZES[size]}`;
  if (avatar && isHere(avatar)) {
    return <span aria-hidden="true" className={box}><img src={avatar} alt="" className="size-full object-cover" /></span>;
  }
  const sign = avatar && !avatar.includes(':') && !avatar.includes('/') && avatar.length <= LONGEST ? avatar : firstLetter(name);
  return <span aria-hidden="true" className={`${box} leading-none font-semibold`}>{sign}</span>;
}

/** Nothing of the page is fetched from elsewhere. */
function isHere(address: string): boolean {
  return address.startsWith('data:image/') || /^\/(?!\/)/.test(address);
}

function firstLetter(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '?';
}
