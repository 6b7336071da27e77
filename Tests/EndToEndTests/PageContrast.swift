/// Scripts that read in a page what somebody who sees little, or nothing, gets of it.
enum PageContrast {
    /// Words and signs that stand out too little from what is behind them, one a line: WCAG 2.2, 1.4.3 and 1.4.11. Over a picture
    /// the worst that it can be counts. What cannot be used just now is left out, as there.
    static let faults = """
        (() => {
          // Components 0…255 and opacity, of rgb(), rgba() and color(srgb).
          const parse = (text) => {
            const [r, g, b, a = 1] = (text.match(/-?[\\d.]+(e-?\\d+)?/g) ?? [0, 0, 0, 0]).map(Number);
            return text.startsWith('color(') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
          };
          const over = (top, below) => {
            const alpha = top[3] + below[3] * (1 - top[3]);
            if (alpha === 0) return [0, 0, 0, 0];
            return [0, 1, 2].map((index) => (top[index] * top[3] + below[index] * below[3] * (1 - top[3])) / alpha).concat(alpha);
          };
          const luminance = (color) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, index) => {
            const part = color[index] / 255;
            return sum + weight * (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          }, 0);
          const ratio = (one, other) => {
            const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
            return (high + 0.05) / (low + 0.05);
          };
          /** The colour in front and the one behind it, as they come out on the screen. */
          const resolve = (node, color, first, picture) => {
            let [front, behind] = [over(color, first), first];
            for (let one = node; one; one = one.parentElement) {
              const style = getComputedStyle(one);
              const layers = [parse(style.backgroundColor)];
              if (one.matches('.screen, .graph-screen')) layers.unshift(picture);
              for (const layer of layers) [front, behind] = [over(front, layer), over(behind, layer)];
              [front, behind] = [front, behind].map(([r, g, b, a]) => [r, g, b, a * Number(style.opacity)]);
            }
            const page = matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
            return [over(front, page), over(behind, page)];
          };
          const faults = new Set();
          const look = (node, color, wanted, what, first = [0, 0, 0, 0]) => {
            for (const picture of [[255, 255, 255, 1], [0, 0, 0, 1]]) {
              const [front, behind] = resolve(node, color, first, picture);
              const found = ratio(front, behind);
              if (found < wanted) faults.add(`${what}: ${found.toFixed(2)} of ${front.map(Math.round)} on ${behind.map(Math.round)}`);
            }
          };
          const isShown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true })
            && node.getBoundingClientRect().width > 1 && !node.closest('.visually-hidden, .skip, .placeholder');
          const place = document.querySelector('dialog:modal') ?? document.body;
          const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const node = walker.currentNode.parentElement;
            const text = walker.currentNode.data.trim();
            if (text === '' || !isShown(node) || node.closest(':disabled, script, style, title, option, noscript')) continue;
            const style = getComputedStyle(node);
            const isDrawn = node.namespaceURI.endsWith('svg');
            const color = parse(isDrawn ? style.fill : style.color);
            if (color[3] === 0) continue;
            const shape = isDrawn ? node.parentElement.querySelector('.graph-shape, .box-ground') : null;
            look(node, color, 4.5, text.slice(0, 40), shape ? parse(getComputedStyle(shape).fill) : undefined);
          }
          for (const field of place.querySelectorAll('input:not([type=checkbox], [type=radio]), select, textarea')) {
            if (!isShown(field) || field.disabled) continue;
            const isEmpty = field.value === '' && field.placeholder;
            const style = getComputedStyle(field, isEmpty ? '::placeholder' : null);
            const [r, g, b, a] = parse(style.color);
            look(field, [r, g, b, a * (isEmpty ? Number(style.opacity) : 1)], 4.5, `field ${field.id || field.className}`);
          }
          for (const sign of place.querySelectorAll('.icon-button:not(:disabled)')) {
            if (isShown(sign)) look(sign, parse(getComputedStyle(sign).color), 3, sign.ariaLabel);
          }
          return [...faults].join('\\n');
        })()
        """

    /// To be asked after each press of Tab: notes what has the keyboard. Answers with what is wrong about it and what has not had
    /// its turn yet, `{faults: […], left: […]}`.
    static let walk = """
        (() => {
          const place = document.querySelector('dialog:modal') ?? document;
          if (window.walked?.place !== place) window.walked = { place, seen: new Set(), faults: new Set() };
          const { seen, faults } = window.walked;
          const name = (one) => one.ariaLabel ?? (one.labels?.[0]?.textContent.trim() || one.textContent.trim().slice(0, 30) || one.className || one.tagName);
          const one = document.activeElement;
          const isOurs = one && one !== document.body && one !== document.documentElement;
          if (isOurs && !place.contains(one)) faults.add(`${name(one)} is behind the dialog`);
          if (isOurs && !seen.has(one)) {
            seen.add(one);
            const shows = (node) => node && getComputedStyle(node).outlineStyle !== 'none' && parseFloat(getComputedStyle(node).outlineWidth) > 0;
            if (!one.matches(':focus-visible') || !(shows(one) || shows(one.nextElementSibling))) faults.add(`${name(one)} does not show it`);
            const { top, bottom } = one.getBoundingClientRect();
            if (bottom < 0 || top > innerHeight) faults.add(`${name(one)} is out of sight`);
          }
          const wanted = [...place.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter((node) =>
            !node.disabled && node.checkVisibility({ visibilityProperty: true }) && !(node.type === 'radio' && !node.checked)
              && !(node.closest('details:not([open])') && node.tagName !== 'SUMMARY') && node.tabIndex >= 0);
          return JSON.stringify({ faults: [...faults], left: wanted.filter((node) => !seen.has(node)).map(name) });
        })()
        """
}
