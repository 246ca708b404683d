import { startScreen } from '../../features/start.svelte';
import App from './App.svelte';

void startScreen({ name: 'ed', App, theme: 'night', hasSound: true });
