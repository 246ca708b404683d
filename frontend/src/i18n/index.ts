// The one door of i18n.

export * from './format';
export { language, languageOf, type Language } from './language.svelte';
export { areas, fill, has, said, t, type Area, type Key, type Values } from './translate.svelte';
