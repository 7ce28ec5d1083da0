/** Numbers are shown with a minus sign (U+2212), which no program reads: what is copied from the page has a hyphen in its place. */
export function copyHyphens() {
  document.addEventListener('copy', (event) => {
    const text = String(getSelection());
    if (event.defaultPrevented || !text.includes('−')) return;
    event.clipboardData?.setData('text/plain', text.replaceAll('−', '-'));
    event.preventDefault();
  });
}
