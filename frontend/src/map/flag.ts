// A small outlined flag on the map: words that belong to a point, such as a travel time. Text only.

import { Marker, type Map as MapLibre } from 'maplibre-gl';

export interface Flag {
  at: [lon: number, lat: number];
  /** One line each; the first is bold. */
  lines: readonly string[];
  /** A ring on the point itself, where nothing else marks it. */
  hasPin?: boolean;
}

function element(): HTMLElement {
  const box = document.createElement('div');
  Object.assign(box.style, {
    padding: '3px 8px',
    border: '2px solid var(--act)',
    background: 'var(--panel)',
    color: 'var(--text)',
    font: '13px/1.35 var(--font)',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
  });
  return box;
}

function ring(): HTMLElement {
  const made = document.createElement('div');
  Object.assign(made.style, {
    width: '20px',
    height: '20px',
    border: '4px solid var(--act)',
    borderRadius: '50%',
    outline: '2px solid var(--ground)',
    pointerEvents: 'none',
  });
  return made;
}

/** Shows one flag, moves it, or takes it away (null). */
export function flagOn(map: MapLibre): (flag: Flag | null) => void {
  const box = element();
  const marker = new Marker({ element: box, anchor: 'bottom-left', offset: [18, -22] });
  const pin = new Marker({ element: ring() });
  return (flag) => {
    pin.remove();
    if (!flag) {
      marker.remove();
      return;
    }
    if (flag.hasPin) pin.setLngLat(flag.at).addTo(map);
    const lines = flag.lines.map((line, index) => {
      const row = document.createElement('div');
      row.textContent = line;
      row.style.fontWeight = index === 0 ? '700' : '400';
      return row;
    });
    box.replaceChildren(...lines);
    marker.setLngLat(flag.at).addTo(map);
  };
}
