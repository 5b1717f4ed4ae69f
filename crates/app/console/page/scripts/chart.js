/** Small charts of what a number did in the last minutes. */

import { drawing, element } from "./dom.js";
import { compact } from "./format.js";

const WIDTH = 240;
const HEIGHT = 56;

/**
 * A chart of the latest values.
 * @param {{label: string, keep?: number, show?: (value: number) => string}} options `keep` values are shown
 */
export function chart({ label, keep = 60, show = compact }) {
  const area = drawing("path", { class: "chart-area" });
  const line = drawing("path", { class: "chart-line" });
  const dot = drawing("circle", { class: "chart-dot", r: "2.5", visibility: "hidden" });
  const svg = drawing(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
    drawing("path", { class: "chart-ground", d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }),
    area,
    line,
    dot,
  );
  const latest = element("p", { class: "chart-value" }, "–");
  const range = element("p", { class: "chart-range muted" });
  const values = [];

  function draw() {
    const most = Math.max(...values, 1e-9);
    const step = WIDTH / (keep - 1);
    const start = WIDTH - (values.length - 1) * step;
    const points = values.map((value, number) => {
      const y = HEIGHT - 4 - (value / most) * (HEIGHT - 10);
      return `${(start + number * step).toFixed(1)} ${y.toFixed(1)}`;
    });
    line.setAttribute("d", `M${points.join("L")}`);
    area.setAttribute("d", `M${start.toFixed(1)} ${HEIGHT}L${points.join("L")}L${WIDTH} ${HEIGHT}Z`);
    const [x, y] = points[points.length - 1].split(" ");
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
    dot.setAttribute("visibility", values.length === 1 ? "visible" : "hidden");
  }

  return {
    node: element("figure", { class: "chart" }, element("figcaption", null, label), latest, svg, range),
    /** @param {number | null} value Nothing when it is not known. @param {string} [unit] Of what it is so many. */
    push(value, unit = "") {
      if (value === null || !Number.isFinite(value)) return;
      values.push(value);
      if (values.length > keep) values.shift();
      const text = `${show(value)}${unit && ` ${unit}`}`;
      latest.textContent = text;
      range.textContent = `most ${show(Math.max(...values))}`;
      svg.setAttribute("aria-label", `${label}: ${text}`);
      draw();
    },
  };
}
