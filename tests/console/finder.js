// What a person would find in the page: by the words that are there, in the dialog that is open or else in the page.
globalThis.desk = {
  place: () => document.querySelector("dialog[open]") ?? document.body,
  seen: (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility === "visible",
  name: (node) => (node.getAttribute("aria-label") ?? node.textContent).trim().replace(/\s+/g, " "),
  // Notices lie above dialogs for tests as they do not for people: they are looked for everywhere.
  named(name) {
    const all = [...this.place().querySelectorAll("a, button"), ...document.querySelectorAll("#notices button")];
    return all.find((node) => this.name(node) === name && !node.disabled && this.seen(node));
  },
  control(label) {
    const own = (node) => [...node.childNodes].filter((child) => child.nodeType === Node.TEXT_NODE).map((child) => child.data).join("").trim();
    const found = [...this.place().querySelectorAll("label")].find((node) => (own(node) === label || node.querySelector("span")?.textContent === label) && this.seen(node));
    return found && (found.htmlFor ? document.getElementById(found.htmlFor) : found.querySelector("input, select"));
  },
  choice(name) {
    return [...this.place().querySelectorAll("input[type=radio]")].find((node) => node.getAttribute("aria-label") === name);
  },
  // Where a press reaches it. Nothing as long as something lies above it, such as a notice.
  reach(node) {
    node.scrollIntoView({ block: "center", behavior: "instant" });
    const { x, y, width, height } = node.getBoundingClientRect();
    const at = { x: x + width / 2, y: y + height / 2 };
    const above = document.elementFromPoint(at.x, at.y);
    return above && node.contains(above) ? at : null;
  },
  // Where to press it. Until `hit` is asked, a press that comes to something else is kept from it: the page has moved meanwhile.
  aim(node) {
    const at = this.reach(node);
    if (at) [this.aimed, this.missed] = [node, false];
    return at;
  },
  hit() {
    this.aimed = null;
    return !this.missed;
  },
  says(text) {
    return document.body.innerText.replace(/\s+/g, " ").includes(text);
  },
  heading() {
    return document.querySelector("#main h1")?.textContent ?? "";
  },
  // Resolves as soon as the page has changed so that the condition holds, and says what is there if it never does.
  when(condition) {
    return new Promise((resolve) => {
      const check = () => {
        const value = condition();
        if (!value) return;
        clearTimeout(timer);
        observer.disconnect();
        resolve({ value });
      };
      const observer = new MutationObserver(check);
      const timer = setTimeout(() => {
        observer.disconnect();
        resolve({ instead: `${location.hash}\n${document.body.innerText}` });
      }, 25_000);
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      check();
    });
  },
};

for (const kind of ["mousedown", "mouseup", "click"]) {
  const guard = (event) => {
    if (!desk.aimed || desk.aimed.contains(event.target)) return;
    desk.missed = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener(kind, guard, true);
}
