import { startScreen } from '../../features/start.svelte';
import App from './App.svelte';

void startScreen({ name: 'replay', App, theme: 'night', hasSound: false });
