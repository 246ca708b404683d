// The base map: one palette, no other host, a style that MapLibre accepts, tiles that heal by themselves.
import { readFileSync } from 'node:fs';
import { createExpression, validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import type { LayerSpecification, Map as MapLibre, StyleSpecification } from 'maplibre-gl';
import { describe, expect, it, vi } from 'vitest';
import { marks } from '../src/map/basemap_marks';
import { groundLayers, type Look } from '../src/map/style';
import { hospitalsBut, labelLayers, nameIn } from '../src/map/style_labels';
import { BASE_COLOURS, contrast, mix, TOKENS } from '../src/map/style_palette';
import {
  addresses, LETTERS_WAIT_MS, lettersOf, sourceOf, tileLoader, tilesOf, waitFor, type TileSet, type TileTools,
} from '../src/map/tiles'; // prettier-ignore

vi.mock('maplibre-gl', () => ({ addProtocol: vi.fn() }));
vi.mock('../src/ui/fonts', () => ({ loadWords: async () => undefined }));

const THEMES = ['night', 'day'] as const;
const LOOKS: Look[] = THEMES.flatMap((theme) => [
  { theme, language: 'zh' as const }, { theme, language: 'en' as const },
]); // prettier-ignore
const SET: TileSet = {
  version: 'v1', tiles: ['/api/map/tiles/v1/{z}/{x}/{y}.mvt'], minzoom: 5, maxzoom: 14,
  bounds: [112, 29, 113, 30], attribution: '© OpenStreetMap contributors, ODbL 1.0',
}; // prettier-ignore
const SOURCE_LAYERS = ['roads', 'water', 'green', 'buildings', 'railways', 'boundaries', 'places', 'pois'];

const layersOf = (look: Look): LayerSpecification[] => [...groundLayers(look), ...labelLayers(look)];

function styleOf(look: Look): StyleSpecification {
  return {
    version: 8,
    sources: {
      tiles: sourceOf(SET),
      base: { type: 'geojson', data: { type: 'FeatureCollection', features: [] } },
    },
    layers: layersOf(look),
  };
}

describe('the palette', () => {
  it('repeats the design system value by value', () => {
    const css = readFileSync(new URL('../src/ui/tokens.css', import.meta.url), 'utf8');
    const [night = '', day = ''] = css.split(":root[data-theme='day']");
    for (const [theme, text] of [['night', night], ['day', day]] as const) {
      for (const [name, value] of Object.entries(TOKENS[theme])) {
        expect(text, `${theme} ${name}`).toContain(`--${name}: ${value};`);
      }
    }
  });
  it('mixes and measures contrast as everybody does', () => {
    expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
    expect([mix('#102030', '#405060', 0), mix('#102030', '#405060', 1)]).toEqual(['#102030', '#405060']);
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
  });
  it.each(THEMES)('words can be read on everything they lie on, by %s', (theme) => {
    const base = BASE_COLOURS[theme];
    for (const word of [base.name, base.nameStrong]) {
      for (const ground of [base.land, base.ground, base.green, base.building, base.halo]) {
        expect(contrast(word, ground)).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(base.waterName, base.halo)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(base.waterName, base.land)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(base.mark, base.land)).toBeGreaterThanOrEqual(3);
  });
  it.each(THEMES)('roads, water and borders stand out from the land, by %s', (theme) => {
    const base = BASE_COLOURS[theme];
    const seen = (colour: string) => Math.max(contrast(colour, base.land), contrast(base.roadEdge, base.land));
    expect(seen(base.roadMinor)).toBeGreaterThan(1.3);
    expect(contrast(base.roadMotorway, base.land)).toBeGreaterThan(1.3);
    expect(contrast(base.water, base.land)).toBeGreaterThan(1.25);
    expect(contrast(base.countyBorder, base.land)).toBeGreaterThan(2);
    expect(contrast(base.arrow, base.roadMotorway)).toBeGreaterThan(2);
  });
});

describe('the style', () => {
  it.each(LOOKS)('is one that MapLibre accepts, by $theme in $language', (look) => {
    expect(validateStyleMin(styleOf(look) as never).map((error) => error.message)).toEqual([]);
  });
  it.each(LOOKS)('asks no other host and no glyph or sprite server, by $theme in $language', (look) => {
    const style = styleOf(look);
    expect([style.glyphs, style.sprite]).toEqual([undefined, undefined]);
    expect(JSON.stringify(style)).not.toMatch(/https?:|wss?:|"\/\//);
    const addressed = JSON.stringify(style).match(/[a-z]+:\/\/[^"]*/g);
    expect(addressed).toEqual(['greenlane:///api/map/tiles/v1/{z}/{x}/{y}.mvt']);
  });
  it('has the same layers in the same order for every look, so that it can change in place', () => {
    const [first = [], ...others] = LOOKS.map((look) => layersOf(look).map(({ id }) => id));
    for (const other of others) expect(other).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });
  it('reads layers that are built, and leaves none out', () => {
    const read = layersOf(LOOKS[0] as Look).flatMap((layer) =>
      'source-layer' in layer ? [layer['source-layer']] : [],
    );
    expect([...new Set(read)].sort()).toEqual([...SOURCE_LAYERS].sort());
  });
  it('draws the county border over the map, hospitals, bridges, and one-way arrows from zoom 16', () => {
    const layers = new Map(layersOf(LOOKS[0] as Look).map((layer) => [layer.id, layer]));
    const ids = [...layers.keys()];
    expect(ids.indexOf('tile-county-border')).toBeGreaterThan(ids.indexOf('tile-bridges'));
    expect(ids.indexOf('tile-bridges')).toBeGreaterThan(ids.indexOf('tile-roads'));
    expect(ids.at(-1)).toBe('tile-hospitals'); // placed first, so it finds room
    const arrows = layers.get('tile-one-way') as { minzoom: number; layout: Record<string, unknown> };
    expect(arrows.minzoom).toBeGreaterThan(15.5);
    expect(arrows.minzoom).toBeLessThanOrEqual(16);
    expect(arrows.layout['icon-rotate']).toEqual(['match', ['get', 'oneway'], -1, 180, 0]);
    expect(Object.keys(marks())).toContain(arrows.layout['icon-image']);
  });
  it('is wider the more a road matters, and never narrower nearer', () => {
    const roads = groundLayers(LOOKS[0] as Look).find(({ id }) => id === 'tile-roads');
    const made = createExpression((roads?.paint as Record<string, unknown>)['line-width'], 'layers[0].paint.line-width');
    if (made.result !== 'success') throw new Error('line-width');
    const width = (zoom: number, kind: string): number =>
      made.value.evaluate({ zoom }, { type: 2, properties: { class: kind } } as never) as number;
    const classes = ['motorway', 'primary', 'secondary', 'tertiary', 'residential', 'service', 'path'];
    for (const zoom of [6, 8, 10, 12, 14, 16, 18]) {
      const widths = classes.map((kind) => width(zoom, kind));
      expect(widths).toEqual([...widths].sort((a, b) => b - a));
      expect(width(zoom + 0.5, 'primary')).toBeGreaterThanOrEqual(width(zoom, 'primary'));
    }
  });
  it('says names in the language of the page, else as on the signs', () => {
    const named = (language: 'zh' | 'en', properties: Record<string, string>): unknown => {
      const made = createExpression(nameIn(language), 'layers[0].layout.text-field');
      if (made.result !== 'success') throw new Error('name');
      return made.value.evaluate({ zoom: 1 }, { type: 1, properties } as never);
    };
    const both = { name: 'Monaco', name_zh: '摩纳哥', name_en: 'Monaco (en)' };
    expect([named('zh', both), named('en', both)]).toEqual(['摩纳哥', 'Monaco (en)']);
    expect([named('zh', { name: 'Èze' }), named('en', { name: '南县' })]).toEqual(['Èze', '南县']);
    expect(named('en', {})).toBe('');
  });
  it('leaves out a hospital that the county marks itself', () => {
    const [all, isHospital, isOther] = hospitalsBut(['南县人民医院']) as unknown[];
    expect([all, isHospital]).toEqual(['all', ['==', ['get', 'kind'], 'hospital']]);
    const made = createExpression(isOther, 'layers[0].filter');
    if (made.result !== 'success') throw new Error('filter');
    const shown = (name: string): unknown =>
      made.value.evaluate({ zoom: 1 }, { type: 1, properties: { name } } as never);
    expect([shown('南县人民医院'), shown('县中医院')]).toEqual([false, true]);
  });
  it('draws its marks as distance fields with the edge at three quarters', () => {
    for (const { width, height, data } of Object.values(marks())) {
      expect(data.length).toBe(width * height * 4);
      const edge = [...data.keys()].filter((index) => index % 4 === 3).map((index) => data[index] ?? 0);
      expect(Math.max(...edge)).toBeGreaterThan(192);
      expect(edge[0]).toBeLessThan(192); // the corner is outside
    }
    const { width, data } = marks()['tile-arrow'] as { width: number; data: Uint8ClampedArray };
    const inside = (x: number, y: number): boolean => (data[(y * width + x) * 4 + 3] ?? 0) > 192;
    const ahead = [...Array(width).keys()].filter((y) => inside(25, y)).length;
    const behind = [...Array(width).keys()].filter((y) => inside(14, y)).length;
    expect(ahead).toBeGreaterThan(behind); // the head is where the line goes
  });
});

describe('the tiles', () => {
  it('are there only where a map was imported', () => {
    expect(tilesOf({ version: null, tiles: null, attribution: null })).toBeNull();
    expect(tilesOf({ ...SET })).toEqual(SET);
  });
  it.each(['https://tiles.example/{z}/{x}/{y}', '//tiles.example/1', '/\\tiles.example/1', 'api/x', ''])(
    'of another host are refused: %s',
    (path) => expect(() => addresses({ ...SET, tiles: [path] })).toThrow('not a path of this server'),
  );
  it('give up the letters of their names and no others to speak of', () => {
    const words = (text: string) => {
      const bytes = new TextEncoder().encode(text);
      return [0x0a, bytes.length, ...bytes];
    };
    const tile = new Uint8Array([0x1a, 0xe5, 0x93, ...words('南县人民医院'), 0xe4, ...words('Èze Ősi'), 0xff]);
    const letters = lettersOf(tile.buffer);
    for (const letter of '南县人民医院Ő') expect(letters).toContain(letter);
    expect(letters).not.toContain('\uFFFD');
    expect(letters.length).toBeLessThan(10);
  });

  const bytes = (text: string) => new TextEncoder().encode(text).buffer as ArrayBuffer;
  const url = 'greenlane:///api/map/tiles/v1/14/1/2.mvt';
  function tools(answers: (Response | Error)[], more: Partial<TileTools> = {}) {
    const waits: number[] = [];
    const paths: string[] = [];
    const made: TileTools = {
      fetch: async (path) => {
        paths.push(path);
        const next = answers.shift() ?? new Error('no more answers');
        if (next instanceof Error) throw next;
        return next;
      },
      loadWords: vi.fn(async () => undefined),
      gone: vi.fn(),
      wait: (ms) => (ms === LETTERS_WAIT_MS ? new Promise(() => undefined) : (waits.push(ms), Promise.resolve())),
      ...more,
    };
    return { made, waits, paths };
  }

  it('come from this server, their letters first and each once', async () => {
    const { made, paths } = tools([new Response('x\n南洲'), new Response('x\n南县')]);
    const load = tileLoader(made);
    const { data } = await load({ url }, new AbortController());
    expect(new TextDecoder().decode(data)).toBe('x\n南洲');
    expect(paths).toEqual(['/api/map/tiles/v1/14/1/2.mvt']);
    await load({ url }, new AbortController());
    const asked = vi.mocked(made.loadWords).mock.calls.map(([words]) => words);
    expect(asked[0]).toContain('南');
    expect(asked[1]).toBe('县');
  });
  it('that are empty are empty', async () => {
    const { made } = tools([new Response(null, { status: 204 })]);
    expect((await tileLoader(made)({ url }, new AbortController())).data.byteLength).toBe(0);
  });
  it('are asked for again while the server is away, ever more slowly', async () => {
    const away = Array.from({ length: 6 }, () => new Error('network'));
    const { made, waits } = tools([...away, new Response('', { status: 503 }), new Response(bytes('ok'))]);
    const { data } = await tileLoader(made)({ url }, new AbortController());
    expect(data.byteLength).toBe(2);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });
  it('are not asked for again when nobody looks any more', async () => {
    const abort = new AbortController();
    const { made, paths } = tools([new Error('network')], {
      wait: async () => abort.abort(new Error('moved on')),
    });
    await expect(tileLoader(made)({ url }, abort)).rejects.toThrow('moved on');
    expect(paths.length).toBe(1);
  });
  it('of a map that was replaced make the page look for the new one', async () => {
    const { made } = tools([new Response('', { status: 404 })]);
    await expect(tileLoader(made)({ url }, new AbortController())).rejects.toThrow('404');
    expect(made.gone).toHaveBeenCalledOnce();
  });
  it('for nobody signed in are an error, not a loop', async () => {
    const { made, waits } = tools([new Response('', { status: 401 })]);
    await expect(tileLoader(made)({ url }, new AbortController())).rejects.toThrow('401');
    expect(waits).toEqual([]);
    expect(made.gone).not.toHaveBeenCalled();
  });
  it('are drawn even when a typeface never comes', async () => {
    const { made } = tools([new Response('x\n南')], {
      loadWords: () => new Promise(() => undefined),
      wait: async () => undefined,
    });
    expect((await tileLoader(made)({ url }, new AbortController())).data.byteLength).toBe(5);
  });
  it('are never fetched from elsewhere', async () => {
    const { made, paths } = tools([]);
    for (const other of ['greenlane://tiles.example/1', 'https://tiles.example/1']) {
      await expect(tileLoader(made)({ url: other }, new AbortController())).rejects.toThrow('this server');
    }
    expect(paths).toEqual([]);
  });
  it('stop waiting at once when they are dropped', async () => {
    const abort = new AbortController();
    const waiting = waitFor(1_000_000, abort.signal);
    abort.abort();
    await waiting;
  });
});

describe('the base on the map', () => {
  const county = {
    type: 'FeatureCollection' as const,
    features: [],
    attribution: '© 天地图 Tianditu',
  };
  function fakeMap() {
    const sources: string[] = [];
    const layers: string[] = [];
    const set: [string, string, unknown][] = [];
    const note = (id: string, key: string, value: unknown) => void set.push([id, key, value]);
    const map = {
      addSource: (id: string) => sources.push(id),
      addLayer: ({ id }: { id: string }) => layers.push(id),
      addImage: vi.fn(),
      hasImage: () => false,
      once: vi.fn(),
      getLayer: (id: string) => layers.includes(id),
      setPaintProperty: note,
      setLayoutProperty: note,
      setFilter: (id: string, filter: unknown) => note(id, 'filter', filter),
    };
    return { map: map as unknown as MapLibre, sources, layers, set };
  }
  const night: Look = { theme: 'night', language: 'zh' };

  it('is the schematic county while no map is imported', async () => {
    const { addGround, addGroundLabels, creditsOf, hideKnownHospitals } = await import('../src/map/basemap');
    const { map, sources, layers, set } = fakeMap();
    addGround(map, { county, tiles: null }, night);
    addGroundLabels(map, { county, tiles: null }, night);
    hideKnownHospitals(map, ['x']);
    expect(sources).toEqual(['base']);
    expect(layers).toEqual(['land', 'rivers', 'roads', 'boundary', 'river-names', 'towns', 'town-names']);
    expect(set).toEqual([]);
    expect(creditsOf({ county, tiles: null })).toBe('© 天地图 Tianditu');
  });
  it('is the imported map within the county border, and says whose it is', async () => {
    const { addGround, addGroundLabels, creditsOf } = await import('../src/map/basemap');
    const { map, sources, layers } = fakeMap();
    addGround(map, { county, tiles: SET }, night);
    addGroundLabels(map, { county, tiles: SET }, night);
    expect(sources).toEqual(['base', 'tiles']);
    expect(layers).toEqual(layersOf(night).map(({ id }) => id));
    expect(map.addImage).toHaveBeenCalledTimes(Object.keys(marks()).length);
    expect(creditsOf({ county, tiles: SET })).toBe(
      '© OpenStreetMap contributors, ODbL 1.0 · © 天地图 Tianditu',
    );
  });
  it('changes to day and to English in place, and touches nothing else', async () => {
    const { addGround, addGroundLabels, restyle } = await import('../src/map/basemap');
    const { map, set } = fakeMap();
    addGround(map, { county, tiles: SET }, night);
    addGroundLabels(map, { county, tiles: SET }, night);
    restyle(map, night, night);
    expect(set).toEqual([]);
    restyle(map, night, { theme: 'night', language: 'en' });
    expect(new Set(set.map(([, key]) => key))).toEqual(new Set(['text-field']));
    set.length = 0;
    restyle(map, night, { theme: 'day', language: 'zh' });
    expect(set).toContainEqual(['tile-ground', 'background-color', BASE_COLOURS.day.ground]);
    expect(set.every(([, key]) => key.includes('color'))).toBe(true);
  });
});
