// A device's state into words; nothing is left out that is known, and nothing is said that is not.

import { has, said, t } from '../../i18n';
import type { Failure } from '../../wire/request';
import { refusalWords } from '../words';
import type { DeviceReport, DeviceState, LinkReport } from './reading';

/** A clock is said to be wrong from here on, as in the server's report. */
export const SKEW_MAX_MS = 1000;
/** A report older than two missed readings is not the present any more. */
export const STALE_AFTER_S = 25;

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function kindWords(kind: string): string {
  return has('devices', `kind_${kind}`) ? said('devices', `kind_${kind}`) : kind;
}

export function stateWords(device: DeviceState): string {
  if (device.state === null) return '–';
  return has('devices', `state_${device.state}`) ? said('devices', `state_${device.state}`) : device.state;
}

export function queueWords(link: LinkReport | null): string {
  if (link === null) return '–';
  const waiting = total(link.queued);
  return waiting === 0 ? t('devices.queue_none') : t('devices.queue', { n: waiting, age: link.oldest_s });
}

/** `慢 4.2 秒`; under the limit a plain figure in ms. */
export function clockWords(skewMs: number | null): string {
  if (skewMs === null) return '–';
  if (Math.abs(skewMs) <= SKEW_MAX_MS) return `${skewMs} ms`;
  const n = (Math.abs(skewMs) / 1000).toFixed(1);
  return skewMs > 0 ? t('devices.skew_slow', { n }) : t('devices.skew_fast', { n });
}

export function linkWords(link: LinkReport | null): string {
  if (link === null) return '–';
  const trip = link.round_trip_ms === null ? '' : t('devices.round_trip', { n: Math.round(link.round_trip_ms) });
  const network = link.network === 'unknown' ? '' : link.network.toUpperCase();
  return [network, trip, link.version].filter(Boolean).join(' · ') || '–';
}

export function reasonWords(reason: string): string {
  return has('devices', `reason_${reason}`) ? said('devices', `reason_${reason}`) : reason.replaceAll('_', ' ');
}

/** Units that want a look, and all. */
export function headline(report: DeviceReport): string {
  const wrong = report.units.filter((unit) => unit.problems.length > 0).length;
  if (wrong === 0) return t('devices.none_wrong', { n: report.units.length });
  return t('devices.some_wrong', { n: wrong, of: report.units.length });
}

export function whyNot(failure: Failure): string {
  const key = `refused_${failure.code}`;
  return has('devices', key) ? said('devices', key, failure.params) : refusalWords(failure);
}
