// From the server's drawing of an ECG to what the paper and the strip take, and its words. Pure.
import { has, said, t } from '../../i18n';
import { GAP, type EcgLead, type EcgLeads } from '../../ui/ecg/layout';
import type { EcgDrawn } from '../../wire/ecg';

/** Leads by name; of two of one name the first, as a cart prints it. */
export function leadsOf(drawn: EcgDrawn): EcgLeads {
  const found: Record<string, EcgLead> = {};
  for (const lead of drawn.leads) {
    found[lead.name] ??= {
      samples: lead.samples,
      hz: lead.hz,
      uvPerLsb: lead.uv_per_lsb,
      offsetUv: lead.offset_uv,
      startS: lead.start_s,
    };
  }
  return found;
}

export const computedOf = (drawn: EcgDrawn): string[] => drawn.leads.filter((one) => one.is_derived).map((one) => one.name);

export interface Strip {
  lead: string;
  rateHz: number;
  samplesMv: (number | null)[];
}

/** The rhythm lead's first seconds in millivolts; null where there is nothing to draw. */
export function stripOf(drawn: EcgDrawn, seconds: number): Strip | null {
  const lead = ['II', 'MLII', 'V1', 'I'].flatMap((name) => drawn.leads.find((one) => one.name === name) ?? [])[0] ?? drawn.leads[0];
  if (!lead) return null;
  const samplesMv = lead.samples
    .slice(0, Math.ceil(seconds * lead.hz))
    .map((sample) => (sample === GAP ? null : (sample * lead.uv_per_lsb + lead.offset_uv) / 1000));
  return { lead: lead.name, rateHz: lead.hz, samplesMv };
}

/** Why an ECG cannot be read, in words. */
export function faultWords(code: string): string {
  return has('ecg', `fault_${code}`) ? said('ecg', `fault_${code}`) : t('ecg.fault_other', { code: code.replace(/^ecg_/, '') });
}

/** What was filtered before storing, as on the edge of printed paper. */
export function filterWords(drawn: EcgDrawn): string {
  const { high_pass_hz: low = null, low_pass_hz: high = null, notch_hz: notch = null, words = [] } = drawn.filters ?? {};
  const made = low === null && high === null ? [] : [t('ecg.filters', { low, high })];
  if (notch !== null) made.push(t('ecg.notch', { hz: notch }));
  made.push(...words);
  return made.length ? made.join(' · ') : t('ecg.filters_unknown');
}
