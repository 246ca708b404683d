// An alarm as one short line: what, and whom or where it is about.

import { said } from '../../i18n';
import type { AlarmDoc } from '../../wire/documents';
import { callSign, facilityName } from '../words';

const WHERE: Record<AlarmDoc['alarm_kind'], 'unit' | 'incident' | 'facility'> = {
  assignment_unanswered: 'unit',
  turnout_overdue: 'unit',
  feed_lost: 'unit',
  level_emergency: 'incident',
  prealert_unanswered: 'facility',
  unassigned_overdue: 'incident',
};

/** `南急10 No data`, `I-2041 Patient critical`; reactive. */
export function alarmWords(alarm: AlarmDoc): string {
  const kind = alarm.alarm_kind;
  const step = alarm.params.step === 'rejected' ? 'prealert_rejected' : null;
  const words = said('states', step ?? `alarm_${kind}`);
  const names = {
    unit: callSign(alarm.unit_id),
    incident: alarm.incident_id ?? '–',
    facility: facilityName(alarm.facility_id),
  };
  const where = kind === 'feed_lost' && alarm.unit_id === null ? 'incident' : WHERE[kind];
  const about = where === 'incident' || !alarm.incident_id ? '' : ` ${alarm.incident_id}`;
  return `${names[where]} ${words}${about}`;
}
