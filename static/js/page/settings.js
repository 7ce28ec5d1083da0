import { chooseLanguage } from './language.js';
import { recall, remember } from './preferences.js';
import { isTight, SPEEDS } from './session.js';
import { chooseTheme, THEMES } from './theme.js';

/**
 * What a person chooses of how things are shown: theme, language, view, speed, motion.
 * @param {import('./session.js').PageStore} page @param {ReturnType<typeof import('../stage/stage.js').createStage>} stage
 * @param {{viewing: ReturnType<typeof import('./viewing.js').createViewing>, player: () => import('../stage/player.js').Player | null}} parts `player`: of the trace that is shown
 */
export function createSettings(page, stage, { viewing, player }) {
  /** @param {boolean} still nothing travels, the new state comes up through a fade */
  function holdStill(still) {
    stage.reduceMotion(still);
    document.documentElement.toggleAttribute('data-still', still);
    page.set({ still });
  }
  const chosen = recall('motion');
  holdStill(chosen === null ? matchMedia('(prefers-reduced-motion: reduce)').matches : chosen === 'reduced');

  const settings = {
    /** @param {number} by */
    changeSpeed(by) {
      const at = SPEEDS.findIndex((speed) => speed >= page.value.speed);
      settings.set('speed', SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)]);
    },

    /** Changes a setting; an unknown name or value is an error that says what there is. @param {string} name @param {unknown} value */
    async set(name, value) {
      switch (name) {
        case 'theme':
          return choose(name, value, THEMES, (theme) => {
            chooseTheme(theme);
            page.set({ theme, sideFolded: isTight(theme) || (page.value.sideFolded && !isTight(page.value.theme)) });
            stage.refresh();
          });
        case 'language':
          return choose(name, value, /** @type {const} */ (['en', 'zh-CN']), (language) => chooseLanguage(language));
        case 'view':
          if (value === 'table' || value === 'stage' || value === 'backward') return viewing.showView(value);
          if (value === 'forward') return viewing.showForward();
          return choose(name, value, /** @type {const} */ (['values', 'gradients', 'shapes']), (display) => {
            if (page.value.view === 'table') void viewing.showView('stage');
            page.set({ display });
            stage.view(display);
          });
        case 'speed': {
          const speed = Number(value);
          if (!(speed >= SPEEDS[0] && speed <= (SPEEDS.at(-1) ?? 4))) throw new RangeError(`speed: expected 0.25 to 4, got ${String(value)}`);
          const running = player();
          if (running) running.speed = speed;
          stage.setSpeed(speed);
          return page.set({ speed });
        }
        case 'motion':
          return choose(name, value, /** @type {const} */ (['full', 'reduced']), (motion) => {
            remember('motion', motion);
            holdStill(motion === 'reduced');
          });
        default:
          throw new RangeError(`expected theme, language, view, speed or motion, got ${name}`);
      }
    },

    toggleMotion: () => settings.set('motion', page.value.still ? 'full' : 'reduced'),
    nextTheme: () => settings.set('theme', THEMES[(THEMES.indexOf(page.value.theme) + 1) % THEMES.length]),
  };
  return settings;
}

/**
 * @template T
 * @param {string} name @param {unknown} value @param {readonly T[]} known @param {(value: T) => unknown} act
 */
function choose(name, value, known, act) {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new RangeError(`${name}: expected ${known.join(', ')}, got ${String(value)}`);
  return act(found);
}
