// The base map's own marks as distance fields, so that one image takes the colour of day or night. MapLibre
// draws the edge of such an image where its alpha is 0.75 and lets it fall by 1 over 8 pixels. Pure.

export interface Mark {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

export const MARK_RATIO = 2;
const FALL_PX = 8;
const EDGE = 0.75;

/** Pixels from the edge of a shape, negative inside; the origin is its middle, y goes down. */
type Shape = (x: number, y: number) => number;

const disc = (radius: number): Shape => (x, y) => Math.hypot(x, y) - radius;

function box(halfWidth: number, halfHeight: number): Shape {
  return (x, y) => {
    const [right, down] = [Math.abs(x) - halfWidth, Math.abs(y) - halfHeight];
    return Math.hypot(Math.max(right, 0), Math.max(down, 0)) + Math.min(Math.max(right, down), 0);
  };
}

/** A stroke with round ends from one point to another. */
function stroke(fromX: number, fromY: number, toX: number, toY: number, width: number): Shape {
  const [alongX, alongY] = [toX - fromX, toY - fromY];
  return (x, y) => {
    const share = ((x - fromX) * alongX + (y - fromY) * alongY) / (alongX ** 2 + alongY ** 2);
    const held = Math.min(1, Math.max(0, share));
    return Math.hypot(x - fromX - held * alongX, y - fromY - held * alongY) - width / 2;
  };
}

const both = (...shapes: Shape[]): Shape => (x, y) => Math.min(...shapes.map((shape) => shape(x, y)));
const without = (shape: Shape, hole: Shape): Shape => (x, y) => Math.max(shape(x, y), -hole(x, y));

function drawn(side: number, shape: Shape): Mark {
  const data = new Uint8ClampedArray(side * side * 4);
  for (let index = 0; index < side * side; index += 1) {
    const x = (index % side) + 0.5 - side / 2;
    const y = Math.floor(index / side) + 0.5 - side / 2;
    data[index * 4 + 3] = 255 * (EDGE - shape(x, y) / FALL_PX);
  }
  return { width: side, height: side, data };
}

const cross = both(box(7, 2.2), box(2.2, 7));

/** Every mark by the name that the style uses; sizes are in image pixels, twice those on the screen. */
export function marks(): Record<string, Mark> {
  return {
    'tile-hospital': drawn(44, without(box(12, 12), cross)),
    'tile-clinic': drawn(36, without(disc(9), both(box(5, 1.7), box(1.7, 5)))),
    'tile-dot': drawn(24, disc(3.6)),
    'tile-arrow': drawn(40, both(stroke(-9, 0, 9, 0, 3), stroke(9, 0, 3, -5, 3), stroke(9, 0, 3, 5, 3))),
  };
}
