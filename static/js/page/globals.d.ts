interface Window {
  /** The page's own handle; see handle.js. */
  gradlight: ReturnType<typeof import('./handle.js').createHandle>;
}
