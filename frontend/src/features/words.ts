// Documents into words: people, centres, reasons, refusals. Names come from the county's own data and
// are never translated; every function is reactive when read inside a template or $derived.

import { has, language, said, t, type Area, type Values } from '../i18n';
import type { CentreLook } from '../wire/documents';
import type { Reason } from '../wire/reading';
import type { Declined } from '../wire/submit.svelte';
import { documents, type DocumentStore } from '../wire/store.svelte';
import { historyWords, numberWords, quantityWords } from './vital_alarms';

interface Described {
  age_years: number | null;
  sex: 'male' | 'female' | 'unknown';
}

/** `58 岁 男` / `58 y M`; what is not known is said, never left out. */
export function ageSex(person: Described): string {
  const age = person.age_years === null ? t('common.age_unknown') : t('common.years', { n: person.age_years });
  const sex = { male: 'common.male', female: 'common.female', unknown: 'common.sex_unknown' } as const;
  return `${age} ${t(sex[person.sex])}`;
}

/** How the county draws a centre. */
export function centreLook(id: string, store: DocumentStore = documents): CentreLook | undefined {
  return store.county?.centres.find((centre) => centre.id === id);
}

/** The name of a hospital or clinic, or its id while its document has not come. */
export function facilityName(id: string | null | undefined, store: DocumentStore = documents): string {
  return store.get('facility', id)?.name_zh ?? id ?? '–';
}

export function callSign(unitId: string | null | undefined, store: DocumentStore = documents): string {
  return store.get('unit', unitId)?.call_sign ?? unitId ?? '–';
}

/** One id, or several with commas, each into its own word; unknown ones as plain words. */
function each(value: string, word: (id: string) => string): string {
  return value.split(',').map((id) => word(id.trim())).join(language.value === 'zh' ? '、' : ', ');
}

function station(id: string, store: DocumentStore): string {
  return store.county?.stations.find((one) => one.id === id)?.name ?? id;
}

/** A capability, kind of unit, skill or piece of equipment; alternatives may be joined by a slash. */
export function thingWords(id: string): string {
  const word = (one: string) => (has('reasons', `capability_${one}`) ? said('reasons', `capability_${one}`) : one.replaceAll('_', ' '));
  return id.split('/').map(word).join('/');
}

type Namer = (id: string, store: DocumentStore) => string;

const centreWord: Namer = (id, store) => {
  const look = centreLook(id, store);
  return look ? language.pick(look.short_zh, look.short_en) : thingWords(id);
};

/** How to say the ids that stand in parameters, by the parameter's name. */
const NAMERS: Record<string, Namer> = {
  centre: centreWord,
  centres: centreWord,
  station,
  recommended: callSign,
  capability: thingWords,
  missing: thingWords,
  any_of: thingWords,
  what: thingWords,
  kind: thingWords,
  quantity: quantityWords,
};

/**
 * Parameters of a reason, refusal or timeline entry with ids put into words; `unit_id` and
 * `facility_id` are also given as `unit` and `facility`.
 */
export function namedParams(params: Values, store: DocumentStore = documents): Values {
  const made: Values = { ...params };
  for (const [name, value] of Object.entries(params)) {
    const namer = NAMERS[name];
    if (typeof value === 'string' && namer) made[name] = each(value, (id) => namer(id, store));
  }
  if (typeof params.unit_id === 'string') made.unit = each(params.unit_id, (id) => callSign(id, store));
  const facility = params.facility_id ?? params.to_facility_id;
  if (typeof facility === 'string') made.facility = facilityName(facility, store);
  return made;
}

/** How a travel time was found, as the label beside it. */
export function methodWords(method: string): string {
  if (method === 'straight_line') return t('reasons.straight_line_estimate');
  if (method === 'road_and_straight_line') return t('reasons.partly_straight_line');
  return has('reasons', `method_${method}`) ? said('reasons', `method_${method}`) : '';
}

export function reasonWords(reason: Reason, store: DocumentStore = documents): string {
  return said('reasons', reason.code, namedParams(reason.params, store));
}

/** Why a command was not done, and what to do next. */
export function refusalWords(declined: Pick<Declined, 'code' | 'params'>): string {
  const special = `${declined.code}_${String(declined.params.what)}`;
  const code = has('refusals', special) ? special : declined.code;
  return said('refusals', code, namedParams(declined.params));
}

/** Codes inside a timeline entry, each with the area and prefix of its words. */
const CODED: Record<string, [area: Area, prefix: string]> = {
  step: ['states', 'step_'],
  level: ['states', 'level_'],
  outcome: ['states', 'outcome_'],
  tells: ['timeline', 'tells_'],
  what: ['timeline', 'overdue_'],
  side: ['vitals', 'side_'],
};

/** What an alarm of a vital sign and a limit of the patient's own are called in the history. */
function alarmValues({ type, params }: { type: string; params: Values }): Values {
  if (typeof params.key === 'string') {
    const urgency = typeof params.priority === 'string' ? said('vitals', `priority_${params.priority}`) : '';
    return { alarm: historyWords(params.key, params.value), urgency };
  }
  if (type !== 'alarm_limit_set' || typeof params.value !== 'number') return {};
  return { value: numberWords(String(params.quantity), params.value) };
}

/** One line of an incident's history; assignments of the incident give the call sign. */
export function timelineWords(
  entry: { type: string; params: Values },
  assignments: readonly { assignment_id: string; call_sign: string }[] = [],
  store: DocumentStore = documents,
): string {
  const values = namedParams(entry.params, store);
  const mine = assignments.find((one) => one.assignment_id === entry.params.assignment_id);
  if (mine) values.unit = mine.call_sign;
  for (const [name, [area, prefix]] of Object.entries(CODED)) {
    const code = entry.params[name];
    if (typeof code === 'string') values[name] = said(area, prefix + code);
  }
  Object.assign(values, alarmValues(entry));
  const isOff = entry.type === 'alarm_limit_set' && entry.params.value === null;
  return said('timeline', isOff ? 'alarm_limit_off' : entry.type, values);
}

/** Who did it: a person's name as it is, a role in words. */
export function byWords(by: string): string {
  return has('timeline', `by_${by}`) ? said('timeline', `by_${by}`) : by;
}
