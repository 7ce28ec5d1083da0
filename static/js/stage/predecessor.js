/**
 * The scene that a new one is laid out after, so that what is alike keeps its place.
 * @typedef {import('./scene.js').Scene} Scene
 * @typedef {{trace: import('../state/trace.js').Trace, part: {index: number, to: number}, kind: import('./scene.js').Kind, folds: import('./fold.js').Folds | null}} Asked
 */

/** Whether a scene is the one that is asked for. @param {Scene | null} scene @param {Asked} asked */
export function isOf(scene, asked) {
  return isOfRun(scene, asked) && scene?.scene === asked.part.index && scene.to === asked.part.to;
}

/**
 * What a scene that is asked for begins from: the same scene of an edited program, or in another form of the teaching graph; or the turn of a loop before it.
 * @param {Scene | null} shown @param {Asked} asked @param {boolean} steady only numbers change
 * @returns {{scene: Scene, steady: boolean} | null}
 */
export function predecessor(shown, asked, steady) {
  if (shown === null || isOf(shown, asked)) return null;
  if (shown.scene !== asked.part.index) return isOfRun(shown, asked) ? { scene: shown, steady: true } : null;
  const teaching = shown.kind !== asked.kind && shown.kind !== 'backward' && asked.kind !== 'backward';
  return (shown.trace === asked.trace ? teaching : shown.kind === asked.kind) ? { scene: shown, steady } : null;
}

/** @param {Scene | null} scene @param {Asked} asked */
function isOfRun(scene, { trace, kind, folds }) {
  return scene?.trace === trace && scene.kind === kind && scene.folds === folds;
}
