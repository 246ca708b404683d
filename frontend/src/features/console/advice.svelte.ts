// The recommendation for the chosen incident, asked for again before it is old. Only the newest question
// is answered: an answer that comes after another incident was chosen is thrown away.

import { reading, type Recommendation } from '../../wire/reading';
import { clock, ms } from '../../wire/clock.svelte';
import type { Failure } from '../../wire/request';
import { choicesOf, OLD_AFTER_S, REFRESH_S } from './choices';

class Advice {
  incidentId = $state<string | null>(null);
  body = $state.raw<Recommendation | null>(null);
  failure = $state.raw<Failure | null>(null);
  isAsking = $state(false);
  /** Epoch ms of the server when the first choice last became another one by itself. */
  changedAt = $state<number | null>(null);

  readonly choices = $derived(choicesOf(this.body));
  readonly ageS = $derived.by(() => {
    const at = ms(this.body?.computed_at);
    return at === null ? null : Math.max(0, (clock.second - at) / 1000);
  });
  readonly isOld = $derived(this.ageS !== null && this.ageS > OLD_AFTER_S);

  #question = 0;
  #askedAt = 0;

  /** For this incident from now on; null for none. */
  follow(incidentId: string | null): void {
    if (incidentId === this.incidentId) return;
    this.incidentId = incidentId;
    this.body = null;
    this.failure = null;
    this.changedAt = null;
    if (incidentId !== null) void this.ask();
  }

  /** Called every second and whenever a unit's state changes. */
  async look(hasChanged: boolean): Promise<void> {
    if (this.incidentId === null) return;
    const since = (clock.now() - this.#askedAt) / 1000;
    if (since > REFRESH_S || (hasChanged && since > 1)) await this.ask();
  }

  async ask(): Promise<void> {
    const incidentId = this.incidentId;
    if (incidentId === null) return;
    const question = (this.#question += 1);
    this.#askedAt = clock.now();
    this.isAsking = true;
    const answer = await reading.recommendation(incidentId);
    if (question !== this.#question || incidentId !== this.incidentId) return;
    this.isAsking = false;
    if (!answer.ok) {
      this.failure = answer;
      return;
    }
    const before = this.choices.numbered[0]?.unit_id;
    this.failure = null;
    this.body = answer.body;
    const after = this.choices.numbered[0]?.unit_id;
    if (before !== undefined && before !== after) this.changedAt = clock.now();
  }
}

export const advice = new Advice();
