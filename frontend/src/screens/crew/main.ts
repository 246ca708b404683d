import { startScreen } from '../../features/start.svelte';
import App from './App.svelte';

void startScreen({ name: 'crew', App, theme: 'day', hasSound: true });
