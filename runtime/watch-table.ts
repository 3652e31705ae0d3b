import type { TableSource } from './load/table-source.ts';

/** How a watch looks and what it does. */
export interface Watch {
  readonly every_ms: number;
  reload(): Promise<boolean>;
}

/**
 * Looks at a source's digest again and again, and reloads when it is another. Polling, because file
 * events miss the symlink swap by which Kubernetes replaces a ConfigMap. A digest that was refused is
 * not tried again until it changes. Gives the function that ends the watch.
 */
export function watchTable(source: TableSource, serving: () => string, watch: Watch): () => void {
  let tried: string | null = null;
  let stopped = false;
  const look = async (): Promise<void> => {
    const found = await source.digest();
    if (found !== null && found !== serving() && found !== tried) {
      tried = found;
      await watch.reload();
    }
    if (!stopped) schedule();
  };
  let timer: NodeJS.Timeout;
  const schedule = (): void => {
    timer = setTimeout(() => void look(), watch.every_ms).unref();
  };
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
