// Geometry of a sparkline, pure.

export interface TrendPoint {
  at: number;
  value: number | null;
}
export interface TrendBox {
  width: number;
  height: number;
  /** Right edge in epoch ms, and how much time the width is. */
  toMs: number;
  spanMs: number;
}

/** More than this without a value is a gap, not a line: three missed minutes of a cuff or a lost feed. */
const GAP_MS = 180_000;
const EDGE_PX = 4;

/** An SVG path, and where its last point lies; values are scaled to their own range, at least 10 wide. */
export function trendPath(
  points: readonly TrendPoint[],
  box: TrendBox,
): { path: string; last: [number, number] | null } {
  const seen = points.filter(
    (point): point is { at: number; value: number } =>
      point.value !== null && point.at > box.toMs - box.spanMs && point.at <= box.toMs,
  );
  if (seen.length === 0) return { path: '', last: null };
  const values = seen.map((point) => point.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const middle = (low + high) / 2;
  const half = Math.max(5, (high - low) / 2);
  const inner = { width: box.width - 2 * EDGE_PX, height: box.height - 2 * EDGE_PX };
  const place = (point: { at: number; value: number }): [number, number] => [
    EDGE_PX + inner.width * (1 - (box.toMs - point.at) / box.spanMs),
    EDGE_PX + inner.height * (0.5 - (point.value - middle) / (2 * half)),
  ];
  let path = '';
  let before = Number.NEGATIVE_INFINITY;
  for (const point of seen) {
    const [x, y] = place(point);
    path += `${point.at - before > GAP_MS ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    before = point.at;
  }
  const final = seen[seen.length - 1];
  return { path, last: final ? place(final) : null };
}
