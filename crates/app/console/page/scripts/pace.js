/** What a page does again and again while somebody looks at it. */

/**
 * Does something after each pause, one time after the other, unless nobody sees the page.
 * @param {number} pause In milliseconds, from the end of one time to the next.
 * @param {() => Promise<unknown>} act What it throws is its own affair.
 * @returns {() => void} what ends it
 */
export function every(pause, act) {
  let over = false;
  let timer;
  const turn = async () => {
    if (!document.hidden) await act().catch(console.error);
    if (!over) timer = setTimeout(turn, pause);
  };
  timer = setTimeout(turn, pause);
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
