/* Runs before the first paint, so that a page in the dark theme never flashes white. theme.js owns the choice from then on. */
(() => {
  let saved = null;
  try {
    saved = localStorage.getItem('gradlight.theme');
  } catch {
    saved = null;
  }
  const known = saved === 'light' || saved === 'dark' || saved === 'projector';
  document.documentElement.dataset.theme = known && saved !== null ? saved : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
})();
