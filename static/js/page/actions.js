/**
 * The one list of what a person can do. Buttons, keys, menus and the help sheet are made from it.
 *
 * A key is written as `Shift+ArrowRight`; `Mod` is Ctrl, or Command on a Mac. Keys of one character work while the stage or the timeline has the
 * focus, or nothing has. An action with `digits` waits for one after its key, and is run with it.
 *
 * @typedef {import('./icons.js').IconName} IconName
 * @typedef {'time' | 'program' | 'view' | 'take'} Group
 * @typedef {{
 *   id: string, group: Group, icon: IconName, keys: readonly string[], run: (digit?: number) => unknown,
 *   digits?: boolean, everywhere?: boolean, enabled?: () => boolean, pressed?: () => boolean
 * }} Action
 * @typedef {import('./workbench.js').Workbench} Workbench
 */

const PANS = /** @type {const} */ ([['left', 'ArrowLeft'], ['right', 'ArrowRight'], ['top', 'ArrowUp'], ['bottom', 'ArrowDown']]);

/** @param {Workbench} bench @returns {Action[]} */
export function createActions(bench) {
  const { page } = bench;
  const some = () => page.value.last >= 0;
  const before = () => some() && page.value.cursor < page.value.last;
  const after = () => some() && page.value.cursor > 0;
  const onStage = () => page.value.view !== 'table';
  const hasEditor = document.documentElement.dataset.embed === undefined;
  return [
    { id: 'play', group: 'time', icon: 'play', keys: [' ', 'k'], run: () => bench.play(), enabled: () => some() && !page.value.playing },
    { id: 'pause', group: 'time', icon: 'pause', keys: [' ', 'k'], run: () => bench.pause(), enabled: () => page.value.playing },
    { id: 'step-forward', group: 'time', icon: 'forward', keys: ['ArrowRight', '.', 'PageDown'], run: () => bench.step(1), enabled: () => before() || bench.begins() },
    { id: 'step-back', group: 'time', icon: 'back', keys: ['ArrowLeft', ',', 'PageUp'], run: () => bench.step(-1), enabled: after },
    { id: 'first', group: 'time', icon: 'first', keys: ['Home'], run: () => bench.seek(0), enabled: after },
    { id: 'last', group: 'time', icon: 'last', keys: ['End'], run: () => bench.seek(page.value.last), enabled: before },
    { id: 'go', group: 'time', icon: 'forward', keys: ['g'], digits: true, run: (digit) => bench.goTenth(digit ?? 0), enabled: some },
    { id: 'next-phase', group: 'time', icon: 'forward', keys: ['Shift+ArrowRight'], run: () => bench.stepPhase(1), enabled: before },
    { id: 'previous-phase', group: 'time', icon: 'back', keys: ['Shift+ArrowLeft'], run: () => bench.stepPhase(-1), enabled: after },
    { id: 'ten-forward', group: 'time', icon: 'forward', keys: ['l'], run: () => bench.step(10), enabled: before },
    { id: 'ten-back', group: 'time', icon: 'back', keys: ['j'], run: () => bench.step(-10), enabled: after },
    { id: 'step-over', group: 'time', icon: 'forward', keys: ['n', 'F10'], run: () => bench.stepScope('over'), enabled: before },
    { id: 'step-into', group: 'time', icon: 'forward', keys: ['i', 'F11'], run: () => bench.stepInto(), enabled: before },
    { id: 'step-out', group: 'time', icon: 'forward', keys: ['o', 'Shift+F11'], run: () => bench.stepScope('out'), enabled: before },
    { id: 'continue', group: 'time', icon: 'last', keys: ['c', 'F5'], run: () => bench.continueRun(), enabled: before },
    { id: 'run-to-node', group: 'time', icon: 'target', keys: ['r'], run: () => bench.runToNode(), enabled: some },
    { id: 'why', group: 'time', icon: 'help', keys: ['y'], run: () => bench.askWhy(), enabled: some },
    { id: 'find', group: 'time', icon: 'search', keys: ['/'], run: () => bench.openFind(), enabled: some },
    { id: 'slower', group: 'time', icon: 'minus', keys: ['<'], run: () => bench.changeSpeed(-1) },
    { id: 'faster', group: 'time', icon: 'plus', keys: ['>'], run: () => bench.changeSpeed(1) },

    { id: 'run', group: 'program', icon: 'play', keys: ['Mod+Enter'], run: () => bench.run(), everywhere: true },
    { id: 'stop', group: 'program', icon: 'stop', keys: ['Mod+.'], run: () => bench.stop(), everywhere: true, enabled: () => page.value.status === 'running' },
    { id: 'mend', group: 'program', icon: 'check', keys: ['Mod+Shift+Enter'], run: () => bench.mend(), everywhere: true, enabled: () => bench.mending() !== null },
    { id: 'break-engine', group: 'program', icon: 'broken', keys: ['!'], run: () => bench.breakEngine(), pressed: () => bench.engineIsBroken() },
    { id: 'lessons', group: 'program', icon: 'book', keys: ['e'], run: () => bench.openLessons() },
    { id: 'fold', group: 'program', icon: 'fold', keys: ['['], run: () => bench.toggleProgram(), pressed: () => page.value.folded },
    { id: 'fold-side', group: 'view', icon: 'side', keys: [']'], run: () => bench.toggleSide(), pressed: () => page.value.sideFolded },

    { id: 'display-values', group: 'view', icon: 'table', keys: ['1'], run: () => bench.set('view', 'values'), pressed: () => page.value.display === 'values' },
    { id: 'display-gradients', group: 'view', icon: 'table', keys: ['2'], run: () => bench.set('view', 'gradients'), pressed: () => page.value.display === 'gradients' },
    { id: 'display-shapes', group: 'view', icon: 'table', keys: ['3'], run: () => bench.set('view', 'shapes'), pressed: () => page.value.display === 'shapes' },
    { id: 'zoom-in', group: 'view', icon: 'plus', keys: ['+', '='], run: () => bench.zoom(1.25), enabled: onStage },
    { id: 'zoom-out', group: 'view', icon: 'minus', keys: ['-'], run: () => bench.zoom(0.8), enabled: onStage },
    { id: 'fit', group: 'view', icon: 'fit', keys: ['0'], run: () => bench.fit(), enabled: onStage },
    ...PANS.map(([side, key]) => /** @type {Action} */ ({ id: `pan-${side}`, group: 'view', icon: 'fit', keys: [`Alt+${key}`], run: () => bench.pan(side), enabled: onStage })),
    { id: 'fold-scope', group: 'view', icon: 'stack', keys: ['z'], run: () => bench.toggleFold(), enabled: () => page.value.view === 'stage' && bench.folding.possible },
    { id: 'fold-all', group: 'view', icon: 'stack', keys: ['u'], run: () => bench.folding.toggleAll(), enabled: () => page.value.view === 'stage' && bench.folding.possible, pressed: () => bench.folding.closed },
    { id: 'teaching-graph', group: 'view', icon: 'graph', keys: ['4'], run: () => bench.showView('stage'), pressed: () => page.value.view === 'stage' },
    { id: 'backward-graph', group: 'view', icon: 'nodes', keys: ['v', '5'], run: () => bench.toggleBackward(), pressed: () => page.value.view === 'backward' },
    { id: 'forward-mode', group: 'view', icon: 'dual', keys: ['7'], run: () => bench.toggleForward(), enabled: some, pressed: () => page.value.view === 'forward' },
    { id: 'table', group: 'view', icon: 'table', keys: ['t', '6'], run: () => bench.toggleTable(), pressed: () => page.value.view === 'table' },
    { id: 'keep-run', group: 'view', icon: 'compare', keys: ['m'], run: () => bench.toggleCompare(), enabled: () => some() && hasEditor, pressed: () => page.value.kept !== null },
    { id: 'next-difference', group: 'view', icon: 'compare', keys: [';'], run: () => bench.nextDifference(), enabled: () => page.value.kept !== null },
    { id: 'queue', group: 'view', icon: 'queue', keys: [':'], run: () => bench.toggleQueue(), pressed: () => page.value.queued },
    { id: 'predict', group: 'view', icon: 'pencil', keys: ['a'], run: () => bench.togglePredict(), pressed: () => page.value.predicting },
    { id: 'present', group: 'view', icon: 'present', keys: ['p'], run: () => bench.togglePresent(), pressed: () => page.value.present },
    { id: 'notes', group: 'view', icon: 'book', keys: ['w'], run: () => bench.openNotes() },
    { id: 'spotlight', group: 'view', icon: 'sun', keys: ['h'], run: () => bench.toggleSpotlight(), pressed: () => page.value.spotlight },
    { id: 'blank', group: 'view', icon: 'stop', keys: ['b'], run: () => bench.toggleBlank(), pressed: () => page.value.blank },
    { id: 'leave', group: 'view', icon: 'close', keys: ['Escape'], run: () => bench.leave(), enabled: () => page.value.blank || page.value.selected !== null || page.value.present },
    { id: 'print', group: 'take', icon: 'export', keys: ['Mod+p'], run: () => bench.openHandout(), everywhere: true, enabled: some },
    { id: 'full-screen', group: 'view', icon: 'fit', keys: ['f'], run: () => bench.toggleFullScreen() },
    { id: 'theme', group: 'view', icon: 'moon', keys: ['d'], run: () => bench.nextTheme() },
    { id: 'still', group: 'view', icon: 'pause', keys: ['~'], run: () => bench.toggleMotion(), pressed: () => page.value.still },
    { id: 'pin', group: 'view', icon: 'pin', keys: ['q'], run: () => bench.togglePin(), pressed: () => page.value.pinned !== null },

    { id: 'share', group: 'take', icon: 'share', keys: ['s'], run: () => bench.share() },
    { id: 'export', group: 'take', icon: 'export', keys: ['x'], run: () => bench.openExports(), enabled: some },
    { id: 'lint', group: 'take', icon: 'check', keys: ['#'], run: () => bench.openLint(), enabled: some },
    { id: 'help', group: 'take', icon: 'help', keys: ['?'], run: () => bench.openHelp() },
  ];
}
