// Which ECGs somebody at this screen has opened; a new one is marked until then.
import { SvelteSet } from 'svelte/reactivity';
import type { EcgView } from '../../wire/documents';

const opened = new SvelteSet<number>();

export const markOpened = (id: number): void => void opened.add(id);
export const isNew = (ecg: EcgView): boolean => !opened.has(ecg.id);
