import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { messageOf } from './api.ts';

/**
 * The page shows changes by others within this time. Each load of the triggers counts the pending notifications of each
 * trigger: at this interval, an open page costs tens of cents a month.
 */
export const REFRESH_MS = LOCAL_RUN ? 3_000 : 10_000;

interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: string | undefined;
  readonly reload: () => Promise<void>;
}

/** Loads a value when its key changes, and again at an interval while the page is visible. */
export function useLoad<Value>(load: () => Promise<Value>, key: string, intervalMs?: number): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<string>();
  const latest = useRef({ load, turn: 0 });
  latest.current.load = load;
  const reload = useCallback(async () => {
    const turn = ++latest.current.turn;
    try {
      const loaded = await latest.current.load();
      // A later load has begun, so this value is outdated.
      if (turn !== latest.current.turn) return;
      setValue(loaded);
      setError(undefined);
    } catch (caught) {
      if (turn === latest.current.turn) setError(messageOf(caught));
    }
  }, []);
  // `load` changes at each render; the key says when it loads something else.
  useEffect(() => {
    void reload();
    if (intervalMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && void reload(), intervalMs);
    return () => clearInterval(timer);
  }, [key, intervalMs, reload]);
  return { value, error, reload };
}

/** The text, after it has not changed for this time. */
export function useDebounced(text: string, milliseconds: number): string {
  const [debounced, setDebounced] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text, milliseconds]);
  return debounced;
}
