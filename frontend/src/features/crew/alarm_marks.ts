// How far the crew's own acknowledgement of an alarm has come, pure: on the device, with the server, or
// in the document that everybody sees.

import type { VitalAlarm } from '../../wire/documents';
import { alarmId, isAnswered } from '../../ui/alarms';
import type { Queued } from './outbox';

/** `sent`: the server has taken it and the document has not come yet. */
export type Mark = 'open' | 'sending' | 'sent' | 'seen';

/** The alarms whose acknowledgement is in the queue, by id. */
export function queuedIds(queue: readonly Queued[]): string[] {
  return queue.flatMap(({ command }) =>
    command.command === 'acknowledge_vital_alarm' ? [alarmId(command.patient_id, command)] : [],
  );
}

/** `answered`: what the server has taken from this tablet. */
export function markOf(
  patientId: string,
  alarm: VitalAlarm,
  queue: readonly Queued[],
  answered: ReadonlySet<string>,
): Mark {
  if (isAnswered(alarm)) return 'seen';
  const id = alarmId(patientId, alarm);
  const item = queue.find(
    ({ command }) => command.command === 'acknowledge_vital_alarm' && alarmId(command.patient_id, command) === id,
  );
  if (item) return item.seq === undefined ? 'sending' : 'sent';
  return answered.has(id) ? 'sent' : 'open';
}

/** What has left the queue since `before` without having been refused: the server has it. */
export function newlyAnswered(
  before: readonly string[],
  queue: readonly Queued[],
  refused: readonly Queued[],
): string[] {
  const still = new Set([...queuedIds(queue), ...queuedIds(refused)]);
  return before.filter((id) => !still.has(id));
}
