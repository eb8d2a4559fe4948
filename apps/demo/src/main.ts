import { mount } from 'svelte';
import App from './view/App.svelte';

mount(App, { target: document.getElementById('app')! });

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // After the page is at rest, so that filling the cache does not compete with the first fit.
  const register = () => void navigator.serviceWorker.register('./sw.js');
  if (document.readyState === 'complete') register();
  else addEventListener('load', register);
}
