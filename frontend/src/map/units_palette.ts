// Colours of everything that lies over the base map, night and day: the values of tokens.css (a canvas
// cannot read CSS properties; a test compares the two). Pure.

import type { Theme } from './style_palette';

export interface MarkColours {
  ground: string;
  panel: string;
  text: string;
  quiet: string;
  late: string;
  /** Strokes inside a filled mark. */
  ink: string;
  /** What is chosen or proposed: white by night, black by day. */
  act: string;
  actInk: string;
  /** Shut roads and slow ones. */
  closed: string;
  slow: string;
  states: Record<string, string>;
  priorities: Record<string, string>;
}

export const MARK_COLOURS: Record<Theme, MarkColours> = {
  night: {
    ground: '#0d1117', panel: '#151b23', text: '#e6edf3', quiet: '#9da9b5', late: '#ffb454',
    ink: '#0d1117', act: '#e6edf3', actInk: '#0d1117', closed: '#ff9f1a', slow: '#f2d024',
    states: {
      idle: '#4fd18b', assigned: '#f5b73d', en_route: '#58a6ff', on_scene: '#b58cff',
      transporting: '#35d0e6', at_hospital: '#2fb8a6', out_of_service: '#8e99a6',
    },
    priorities: { P1: '#ff4d4f', P2: '#ff9f1a', P3: '#f2d024', P4: '#3dbe6b' },
  },
  day: {
    ground: '#e8ecf1', panel: '#ffffff', text: '#0d1117', quiet: '#4a5561', late: '#8f4a00',
    ink: '#ffffff', act: '#0d1117', actInk: '#ffffff', closed: '#8f4a00', slow: '#7a6000',
    states: {
      idle: '#17653a', assigned: '#8a5200', en_route: '#0b57b7', on_scene: '#6a35b8',
      transporting: '#005f73', at_hospital: '#005f56', out_of_service: '#5f6b77',
    },
    priorities: { P1: '#c4161c', P2: '#8f4a00', P3: '#7a6000', P4: '#17653a' },
  },
}; // prettier-ignore

/** The token of tokens.css behind each colour that is not a state or a priority. */
export const TOKEN_OF = {
  ground: 'ground', panel: 'panel', text: 'text', quiet: 'quiet', late: 'late', ink: 'state-ink',
  act: 'act', actInk: 'act-ink', closed: 'p2', slow: 'p3',
} as const; // prettier-ignore
