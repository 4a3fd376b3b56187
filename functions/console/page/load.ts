import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/**
 * What others change shows up within this time. Each look at the triggers counts pending notifications for each of them: an open page
 * costs some tens of cents a month at this pace.
 */
export const REFRESH_MS = LOCAL_RUN ? 3_000 : 10_000;

export interface Loaded<Value> {
  readonly value: Value | undefined;
  readonly error: string | undefined;
  readonly reload: () => Promise<void>;
}

/** Loads something when its key changes, and again every so often while the page is seen. */
export function useLoad<Value>(load: () => Promise<Value>, key: string, everyMs?: number): Loaded<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<string>();
  const latest = useRef({ load, turn: 0 });
  latest.current.load = load;
  const reload = useCallback(async () => {
    const turn = ++latest.current.turn;
    try {
      const loaded = await latest.current.load();
      // Who was asked for later has the word.
      if (turn !== latest.current.turn) return;
      setValue(loaded);
      setError(undefined);
    } catch (caught) {
      if (turn === latest.current.turn) setError((caught as Error).message);
    }
  }, []);
  // The key is there because it says what `load` loads.
  useEffect(() => {
    void reload();
    if (everyMs === undefined) return;
    const timer = setInterval(() => document.visibilityState === 'visible' && void reload(), everyMs);
    return () => clearInterval(timer);
  }, [key, everyMs, reload]);
  return { value, error, reload };
}

/** The text after it has rested for a while. */
export function useRested(text: string, milliseconds: number): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), milliseconds);
    return () => clearTimeout(timer);
  }, [text, milliseconds]);
  return rested;
}
