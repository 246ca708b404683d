// Which role opens which screen. The server decides what each may see and do; this only spares a person
// a page that would stay empty.

import type { Role } from '../wire/session.svelte';

export type ScreenName = 'console' | 'crew' | 'ed' | 'replay' | 'devices';

const SCREENS: Record<Role, readonly ScreenName[]> = {
  dispatcher: ['console', 'replay', 'devices'],
  crew: ['crew'],
  hospital: ['ed'],
  admin: ['console', 'crew', 'ed', 'replay', 'devices'],
};

export function screensOf(role: Role): readonly ScreenName[] {
  return SCREENS[role];
}

export function maySee(role: Role, screen: ScreenName): boolean {
  return SCREENS[role].includes(screen);
}

/** An administrator looks on; the replay and the devices are his or her own work. */
export function isReadOnly(role: Role, screen: ScreenName): boolean {
  return role === 'admin' && screen !== 'replay' && screen !== 'devices';
}
