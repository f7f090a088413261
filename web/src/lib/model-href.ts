/** The address of a single model, and the model of an address. */

/** The address of a model's page; its reference stays readable in it. */
export function modelHref(ref: string): string {
  return `/models/${ref.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':')}`;
}

/** The reference, or name, of the model an address is about; null for the places of all models. */
export function modelOf(path: string, places: readonly string[]): string | null {
  const rest = path.replace(/\/+$/, '');
  if (rest === '/models' || places.includes(rest)) return null;
  return rest.slice('/models/'.length).split('/').map(decoded).join('/');
}

/** A step as it was before it was put into an address; as it is where it never was. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
