// At most one call each `everyMs` for each key, the newest value last: a hundred fixes a second move the
// map four times a second.

export interface Throttle<T> {
  put(key: string, value: T): void;
  stop(): void;
}

export const MAP_UPDATE_EVERY_MS = 250;

export function throttle<T>(
  apply: (key: string, value: T) => void,
  everyMs = MAP_UPDATE_EVERY_MS,
): Throttle<T> {
  const waiting = new Map<string, T>();
  const resting = new Map<string, ReturnType<typeof setTimeout>>();
  const rest = (key: string): void => {
    resting.set(
      key,
      setTimeout(() => {
        resting.delete(key);
        if (!waiting.has(key)) return;
        const value = waiting.get(key) as T;
        waiting.delete(key);
        apply(key, value);
        rest(key);
      }, everyMs),
    );
  };
  return {
    put(key, value) {
      if (resting.has(key)) {
        waiting.set(key, value);
        return;
      }
      apply(key, value);
      rest(key);
    },
    stop() {
      for (const timer of resting.values()) clearTimeout(timer);
      resting.clear();
      waiting.clear();
    },
  };
}
