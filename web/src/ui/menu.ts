/** The look of menus. */
export const MENU_POPUP =
  'rise max-h-[min(28rem,var(--available-height))] overflow-y-auto rounded-xl border border-line bg-surface p-1 shadow-float focus-visible:outline-none';

export const MENU_ITEM =
  'flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-sm select-none data-[disabled]:cursor-default data-[disabled]:opacity-60 data-[highlighted]:bg-hover focus-visible:outline-none';
