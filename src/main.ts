import { mount } from 'svelte';
import App from './ui/app.svelte';

const target = document.querySelector('#app');
if (target === null) throw new Error('index.html has no #app element');
mount(App, { target });
