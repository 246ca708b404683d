import { startScreen } from '../../features/start.svelte';
import App from './App.svelte';

void startScreen({ name: 'devices', App, theme: 'day' });
