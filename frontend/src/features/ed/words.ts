// Words that only the pre-arrival board says: centre of the band, whom the ladder calls, name of a bed.

import { has, language, said, t } from '../../i18n';
import type { BedView, CentreLook, Diversion, InboundDoc, PreAlertDoc } from '../../wire/documents';
import { ms } from '../../wire/clock.svelte';
import { centreLook } from '../words';

/** A word of the band up to this long is drawn at 28 px, a longer one at 20. */
const LONGEST = { zh: 5, en: 12 } as const;

export function bandWord(look: CentreLook | undefined): { text: string; isLong: boolean } {
  const text = look ? language.pick(look.short_zh, look.short_en) : t('ed.other_centre');
  return { text, isLong: text.length > LONGEST[language.value] };
}

/** The other centres of the patient, if any, and the colour of the pre-alert. */
export function bandSubtype(inbound: InboundDoc, prealert: PreAlertDoc | undefined): string {
  const others = inbound.centres.slice(1).flatMap((id) => {
    const look = centreLook(id);
    return look ? [language.pick(look.short_zh, look.short_en)] : [];
  });
  const colour = prealert ? [said('ed', `colour_${prealert.colour}`)] : [];
  return [...colour, ...others].join(language.value === 'zh' ? '，' : ', ');
}

/** A role of the ladder in words, a person's name as it is. */
export function toldWords(told: string): string {
  return has('timeline', `tells_${told}`) ? said('timeline', `tells_${told}`) : told;
}

/** What happens if nobody answers, or what has happened already; `nowMs` epoch ms. */
export function ladderWords(prealert: PreAlertDoc, nowMs: number): string {
  const due = ms(prealert.next_step_at);
  if (prealert.next_step !== null && due !== null) {
    const who = toldWords(prealert.next_step_tells);
    const left = Math.ceil((due - nowMs) / 1000);
    return left > 0 ? t('ed.calls_in', { wait: left, who }) : t('ed.calls_now', { who });
  }
  const last = prealert.escalations.at(-1);
  return last ? t('ed.has_called', { who: toldWords(last.name || last.tells) }) : '';
}

/** `抢救 1`, `EICU E05`: the county's label, without the letter that only says the kind again. */
export function bedName(bed: Pick<BedView, 'label' | 'bed_kind'>): string {
  if (bed.bed_kind === 'resus') return t('ed.bay', { label: bed.label.replace(/^R0*(?=\d)/, '') });
  return t('ed.eicu_bed', { label: bed.label });
}

/** Where a patient went who was announced here; nowhere when nobody transports. */
export function goesTo(diverted: Diversion): string {
  return diverted.to_name || t('ed.not_transported');
}

/** Why, in words: a code of the core, or what a person wrote. */
export function whyGone(diverted: Diversion): string {
  const code = `gone_${diverted.reason}`;
  return has('ed', code) ? said('ed', code) : diverted.reason;
}
