import { startScreen } from '../../features/start.svelte';
import App from './App.svelte';

void startScreen({ name: 'console', App, theme: 'night', hasSound: true });
