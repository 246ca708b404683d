// The map's own colours: a canvas cannot read CSS properties. The values are those of tokens.css, night.

export const NIGHT = {
  ground: '#0D1117',
  land: '#131922',
  boundary: '#5B6876',
  river: '#17334D',
  riverLabel: '#4D7FA8',
  road: '#2D3743',
  roadMain: '#414D5B',
  town: '#9DA9B5',
  text: '#E6EDF3',
  quiet: '#9DA9B5',
  late: '#FF9F1A',
  ink: '#0D1117',
  white: '#E6EDF3',
} as const;

export const STATE_COLOURS: Record<string, string> = {
  idle: '#4FD18B',
  assigned: '#F5B73D',
  en_route: '#58A6FF',
  on_scene: '#B58CFF',
  transporting: '#35D0E6',
  at_hospital: '#2FB8A6',
  out_of_service: '#8E99A6',
};

export const PRIORITY_COLOURS: Record<string, string> = {
  P1: '#FF4D4F',
  P2: '#FF9F1A',
  P3: '#F2D024',
  P4: '#3DBE6B',
};
