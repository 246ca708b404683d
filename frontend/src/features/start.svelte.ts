// How every screen begins: theme and language, who is signed in, may he or she be here, then the line.

import { mount, type Component } from 'svelte';
import '../ui/tokens.css';
import '../ui/base.css';
import '../ui/fonts';
import { language, t } from '../i18n';
import { sound } from '../ui/sound.svelte';
import { theme, type Theme } from '../ui/theme.svelte';
import { clock } from '../wire/clock.svelte';
import { connection } from '../wire/connection.svelte';
import { session } from '../wire/session.svelte';
import { documents } from '../wire/store.svelte';
import { maySee, type ScreenName } from './roles';

export interface ScreenStart {
  name: ScreenName;
  App: Component;
  theme: Theme;
  /** Asks for sound at once and at the first touch or key. */
  hasSound?: boolean;
}

/** To the home page, which says why; after signing in it leads back here. */
function goHome(why: 'sign_in' | 'ended' | 'denied', name: ScreenName): void {
  location.replace(`/?why=${why}&next=${name}`);
}

/** Page title, county zone and the end of the session follow what happens. Lives as long as the page. */
function follow(name: ScreenName): void {
  $effect.root(() => {
    $effect(() => {
      document.title = `${t(`${name}.title`)} – ${t('common.greenlane')}`;
    });
    $effect(() => {
      const zone = documents.county?.zone;
      if (zone) language.zone = zone;
    });
    $effect(() => {
      if (connection.phase === 'signed_out') goHome('ended', name);
    });
  });
}

/** Start one screen in `#screen`; an unreachable server still shows the screen, with its band. */
export async function startScreen(start: ScreenStart): Promise<void> {
  const { name, App } = start;
  language.mark();
  theme.start(start.theme);
  clock.start();
  await session.load();
  if (session.me === null) return goHome('sign_in', name);
  if (session.me && !maySee(session.me.role, name)) return goHome('denied', name);
  if (start.hasSound) sound.start();
  connection.start();
  follow(name);
  mount(App, { target: document.getElementById('screen') as HTMLElement });
}
