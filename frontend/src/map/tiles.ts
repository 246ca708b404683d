// The server's vector tiles: where they are, and how one is fetched. MapLibre asks for them by an address of
// our own kind (`greenlane:///api/…`), which this file turns into a request to this page's own server: no other
// host can be meant. Before a tile is handed over, the letters in its names are loaded, because a canvas draws
// a letter once, with whatever font is there, and keeps it.

import type { VectorSourceSpecification } from 'maplibre-gl';
import { request, type Answer } from '../wire/request';

/** As GET /api/map/tiles answers; all null while no map is imported. */
export interface TilesAnswer {
  version: string | null;
  tiles: string[] | null;
  minzoom?: number;
  maxzoom?: number;
  bounds?: [number, number, number, number];
  attribution: string | null;
}
/** The imported map's tiles. */
export interface TileSet {
  version: string;
  tiles: string[];
  minzoom: number;
  maxzoom: number;
  bounds: [number, number, number, number];
  attribution: string;
}

export const SCHEME = 'greenlane';
const OWN = `${SCHEME}://`;
const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 30_000;
/** A tile without its typeface is better than none: then the browser's own font is drawn. */
export const LETTERS_WAIT_MS = 5000;

export const readTiles = (): Promise<Answer<TilesAnswer>> => request('GET', '/api/map/tiles');

/** The tiles of an answer; null where no map is imported and the county's schematic one is drawn. */
export function tilesOf(answer: TilesAnswer): TileSet | null {
  const { version, tiles, minzoom, maxzoom, bounds, attribution } = answer;
  if (!version || !tiles || !bounds || minzoom === undefined || maxzoom === undefined) return null;
  return { version, tiles, minzoom, maxzoom, bounds, attribution: attribution ?? '' };
}

/** Addresses in our own scheme, from paths on this server; anything else is refused. */
export function addresses(tiles: TileSet): string[] {
  return tiles.tiles.map((path) => {
    if (!/^\/[^/\\]/.test(path)) throw new Error(`not a path of this server: ${path}`);
    return OWN + path;
  });
}

export function sourceOf(tiles: TileSet): VectorSourceSpecification {
  const { minzoom, maxzoom, bounds } = tiles;
  return { type: 'vector', tiles: addresses(tiles), minzoom, maxzoom, bounds };
}

/** Letters that nearly every tile has; they are not looked for, only loaded once. */
const COMMON = 'Aa0é';

/**
 * The letters beyond Latin-1 of all names in a vector tile. Its texts are UTF-8 among other bytes: read as
 * one text, every name comes out whole (the byte before one ends its length, and so any broken letter), and
 * the rest adds at most a few letters that nobody needs.
 */
export function lettersOf(tile: ArrayBuffer): string {
  const text = new TextDecoder().decode(tile);
  const found = new Set(text.match(/[^\0-\u00ff\ufffd]/gu) ?? []);
  return [...found].sort().join('');
}

export interface TileTools {
  fetch: (path: string, init: { signal: AbortSignal }) => Promise<Response>;
  loadWords: (words: string) => Promise<void>;
  /** The version is not served any more: another map was imported. */
  gone: () => void;
  /** Ends after that long, or when the signal does. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
  });
}

type Loader = (params: { url: string }, abort: AbortController) => Promise<{ data: ArrayBuffer }>;

/**
 * What MapLibre calls for each tile. A server that does not answer is asked again, ever more slowly, for as
 * long as the tile is wanted: a map must heal by itself when the link is back.
 */
export function tileLoader(tools: TileTools): Loader {
  const loaded = new Set<string>();

  async function letters(tile: ArrayBuffer, signal: AbortSignal): Promise<void> {
    const fresh = [...COMMON, ...lettersOf(tile)].filter((letter) => !loaded.has(letter));
    if (fresh.length === 0) return;
    await Promise.race([tools.loadWords(fresh.join('')), tools.wait(LETTERS_WAIT_MS, signal)]);
    for (const letter of fresh) loaded.add(letter);
  }

  async function attempt(path: string, signal: AbortSignal): Promise<ArrayBuffer | null> {
    let answer: Response;
    try {
      answer = await tools.fetch(path, { signal });
      if (answer.status === 204) return new ArrayBuffer(0);
      if (answer.ok) return await answer.arrayBuffer();
    } catch {
      return null;
    }
    if (answer.status === 404) tools.gone();
    if (answer.status >= 400 && answer.status < 500) throw new Error(`tile: ${answer.status}`);
    return null;
  }

  return async ({ url }, { signal }) => {
    if (!url.startsWith(`${OWN}/`)) throw new Error(`not a tile of this server: ${url}`);
    for (let waitMs = RETRY_FIRST_MS; ; waitMs = Math.min(waitMs * 2, RETRY_LAST_MS)) {
      const data = await attempt(url.slice(OWN.length), signal);
      signal.throwIfAborted();
      if (data) {
        await letters(data, signal);
        return { data };
      }
      await tools.wait(waitMs, signal);
      signal.throwIfAborted();
    }
  };
}
