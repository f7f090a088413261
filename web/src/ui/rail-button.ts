/** The button that opens the rail on a narrow screen, for the header of each place. */
import { createContext, useContext, type ReactNode } from 'react';

export const RailButton = createContext<ReactNode>(null);

export function useRailButton(): ReactNode {
  return useContext(RailButton);
}
