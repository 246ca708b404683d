import { mount } from 'svelte';
import '../../ui/tokens.css';
import '../../ui/base.css';
import '../../ui/fonts';
import { language } from '../../i18n';
import { theme } from '../../ui/theme.svelte';
import App from './App.svelte';

language.mark();
theme.start('day');
mount(App, { target: document.getElementById('screen') as HTMLElement });
