import { useEffect, useState } from 'preact/hooks';

/** A parameter of the fragment, such as `id` in `#log?id=msg_1`; empty if there is none. */
function parameterInHash(name: string): string {
  return new URLSearchParams(location.hash.split('?')[1] ?? '').get(name) ?? '';
}

/**
 * Sets a parameter of the fragment. An empty value removes it.
 *
 * @param isTyped Replaces the entry of the browser's history, so that each letter does not add one.
 */
function setInHash(name: string, value: string, isTyped: boolean): void {
  const [view = '', query] = location.hash.slice(1).split('?');
  const parameters = new URLSearchParams(query);
  if (value) parameters.set(name, value);
  else parameters.delete(name);
  // Another filter begins with its first page.
  if (name !== 'offset') parameters.delete('offset');
  const hash = `#${view || 'triggers'}${parameters.size > 0 ? `?${parameters}` : ''}`;
  if (isTyped) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** A parameter of the fragment as a state of a component. It can be shared as a link, and follows the back button. */
export function useParameter(name: string, isTyped = false): [value: string, set: (value: string) => void] {
  const [value, setValue] = useState(parameterInHash(name));
  useEffect(() => {
    const follow = () => setValue(parameterInHash(name));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, [name]);
  return [value, (next) => setInHash(name, next, isTyped)];
}
