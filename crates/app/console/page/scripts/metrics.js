/** What `/metrics` says, in the text format of OpenMetrics. */

/** @typedef {{name: string, labels: Record<string, string>, value: number}} Sample */

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** @param {string} text @returns {Sample[]} */
export function parse(text) {
  const samples = [];
  for (const line of text.split("\n")) {
    const found = line.startsWith("#") ? null : SAMPLE.exec(line);
    if (!found) continue;
    const [, name, labels = "", value] = found;
    samples.push({ name, labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, text]) => [key, text])), value: Number(value) });
  }
  return samples;
}

/** The sum of all samples of this name that have these labels. Nothing when there is none. */
export function sum(samples, name, labels = {}) {
  const fits = (sample) => sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text);
  const found = samples.filter(fits);
  return found.length === 0 ? null : found.reduce((total, { value }) => total + value, 0);
}

/** How fast a counter grows, from one reading to the next. */
export function rate() {
  let before = null;
  return (value, at = performance.now()) => {
    const last = before;
    before = value === null ? null : { value, at };
    // A counter that fell began anew: the server was started again, or another instance answered.
    if (!last || value === null || value < last.value || at <= last.at) return null;
    return ((value - last.value) * 1000) / (at - last.at);
  };
}
