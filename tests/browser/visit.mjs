// Opens pages of the dashboard in Chromium and tells what it found, as JSON: `node visit.mjs < visit.json`.
//
// visit.json: {"browser", "base", "pages": {name: address}, "overview": name, "shots": {file: {page, ...}}}.
// Every request that leaves this machine fails, and every request is told.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const given = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 640 };

const browser = await chromium.launch({
  executablePath: given.browser,
  args: [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
  ],
});

// A page and all that it said while it was open.
const opened = async (address, options = {}) => {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", ...options });
  await context.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (one) => window.violations.push(one.violatedDirective));
    new MutationObserver(() => {
      const now = document.documentElement?.dataset;
      if (now?.ready && window.readyAt === undefined) window.readyAt = performance.now();
      if (now?.charts && window.chartsAt === undefined) window.chartsAt = performance.now();
    }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-ready", "data-charts"] });
  });
  const page = await context.newPage();
  const said = { console: [], errors: [], requests: [], failed: [] };
  page.on("console", (one) => said.console.push(`${one.type()}: ${one.text()}`));
  page.on("pageerror", (one) => said.errors.push(one.message));
  page.on("request", (one) => said.requests.push(one.url()));
  page.on("requestfailed", (one) => said.failed.push(one.url()));
  await page.goto(address.includes("://") ? address : given.base + address, { waitUntil: "load" });
  if (options.javaScriptEnabled !== false) {
    await page.waitForFunction(() => {
      if (!document.querySelector("script[src]")) return true; // a document that stands alone
      const drawn = document.documentElement.dataset.charts === "drawn";
      return document.documentElement.dataset.ready && (drawn || !document.querySelector("figure.chart"));
    });
  }
  return { page, said, close: () => context.close() };
};

const looks = (page) =>
  page.evaluate(() => ({
    frames: [...document.querySelectorAll(".scroll, .table")].filter((one) => one.checkVisibility()).map((frame) => ({
      columns: frame.querySelector("tr").cells.length,
      sideways: frame.scrollWidth - frame.clientWidth,
      hint: getComputedStyle(frame, "::before").visibility === "visible" && frame.matches(".wide"),
      reached: frame.tabIndex === 0 && frame.getAttribute("role") === "region" && !!frame.getAttribute("aria-label"),
      named: [...frame.querySelectorAll("thead > tr > *")].every((one) => one.tagName === "TH" && one.textContent.trim()),
    })),
    // What leaves the window although nothing around it scrolls.
    outside: [...document.querySelectorAll("main *")].filter((one) => {
      if (one.getBoundingClientRect().right <= Math.min(innerWidth, screen.width) + 1 || !one.checkVisibility()) return false;
      return !one.closest(".scroll, .table, svg, .only-read");
    }).map((one) => one.outerHTML.slice(0, 120)),
    title: document.title,
    width: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
    figures: [...document.querySelectorAll("figure.chart")].map((figure) => ({
      drawn: figure.querySelector(".plot").dataset.drawn === "yes",
      marks: figure.querySelectorAll("svg .mark-symbol path, svg .mark-rect path, svg .mark-rule line").length,
      label: figure.querySelector(".plot").getAttribute("aria-label"),
      rows: JSON.parse(figure.querySelector("script").textContent).rows.length,
      place: figure.getBoundingClientRect().right <= innerWidth,
    })),
    tables: document.querySelectorAll("details table").length,
    ids: [...document.querySelectorAll("[id]")].map((one) => one.id).filter((id, at, all) => all.indexOf(id) !== at),
    violations: window.violations ?? [],
    ready: window.readyAt,
    charts: window.chartsAt,
  }));

const accessible = async (page, options = {}) => {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate((more) =>
    axe.run(document, {
      preload: false, // it would fetch the stylesheet, which the page's policy forbids
      resultTypes: ["violations"],
      ...more,
    }), options,
  );
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)} (${one.nodes.length})`);
};

// Each page is opened twice, wide and as on a phone; dark and narrower are looked at where it lies open.
const seen = {};
const look = async (name, page, said, checked, options) => {
  // A scroller knows of a new size one frame later.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const found = { ...(await looks(page)), ...said };
  seen[name] = { ...found, axe: given.axe === false || !checked ? [] : await accessible(page, options) };
};
for (const [name, address] of Object.entries(given.pages)) {
  const wide = await opened(address, { colorScheme: "light" });
  await look(`${name} light`, wide.page, wide.said, true);
  if (given.axe !== false) {
    await wide.page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    // Nothing but colours is another.
    await look(`${name} dark`, wide.page, wide.said, true, { runOnly: ["color-contrast"] });
  }
  await wide.close();
  const small = await opened(address, { colorScheme: "light", viewport: PHONE, isMobile: true, hasTouch: true });
  await look(`${name} phone`, small.page, small.said, true);
  if (given.axe !== false) {
    await small.page.setViewportSize(NARROW);
    await small.page.waitForFunction(
      (width) => [...document.querySelectorAll(".plot svg")].every((svg) => svg.getBoundingClientRect().right <= width),
      NARROW.width,
    );
    await look(`${name} narrow`, small.page, small.said, false);
  }
  await small.close();
}

const cells = (page, column) =>
  page.evaluate((at) => {
    const rows = [...document.querySelectorAll("table.runs tbody tr")].filter((row) => !row.hidden);
    return rows.map((row) => row.cells[at].dataset.v ?? row.cells[at].textContent.trim());
  }, column);
const sorted = (page) => page.evaluate(() => [...document.querySelectorAll("table.runs thead th")].map((th) => th.ariaSort));
const count = (page) => page.textContent(".filter .count");

const worked = {};
if (given.overview) {
  const pointed = await opened(given.pages[given.overview]);
  const actual = pointed.page.locator("table.runs thead button", { hasText: "Training cost" });
  await actual.click();
  worked.mouse = { sort: await sorted(pointed.page), cells: await cells(pointed.page, 9) };
  await actual.click();
  worked.again = { sort: await sorted(pointed.page), cells: await cells(pointed.page, 9) };
  await pointed.close();

  const { page, close } = await opened(given.pages[given.overview]);
  worked.reached = [];
  for (let tab = 0; tab < 120; tab += 1) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => ({
      text: document.activeElement.textContent.replace(/[▲▼]/g, ""),
      tag: document.activeElement.tagName,
      id: document.activeElement.id,
      outline: getComputedStyle(document.activeElement).outlineStyle,
    }));
    worked.reached.push(now);
    if (now.id === "filter") {
      await page.keyboard.type("critical");
      worked.filtered = { count: await count(page), verdicts: await cells(page, 3) };
      await page.keyboard.press("Escape");
      worked.cleared = await count(page);
    }
    if (now.tag === "BUTTON" && now.text === "Main metric") {
      await page.keyboard.press("Enter");
      worked.keyboard = { sort: await sorted(page), cells: await cells(page, 4) };
      break;
    }
  }
  await page.fill("#filter", "no such run");
  worked.none = { count: await count(page), said: await page.textContent(".empty:not([hidden])") };
  await close();

  const themed = await opened(given.pages[given.overview], { colorScheme: "dark" });
  worked.theme = [];
  for (let click = 0; click < 3; click += 1) {
    await themed.page.click("button.theme");
    worked.theme.push([await themed.page.textContent("button.theme"), (await looks(themed.page)).background]);
    if (click === 0) {
      await themed.page.reload({ waitUntil: "load" });
      worked.kept = (await looks(themed.page)).background;
    }
  }
  await themed.page.emulateMedia({ media: "print" });
  worked.printed = (await looks(themed.page)).background;
  await themed.close();

  const plain = await opened(given.pages[given.overview], { javaScriptEnabled: false });
  worked.plain = {
    rows: await plain.page.locator("table.runs tbody tr").count(),
    buttons: await plain.page.locator("button").count(),
    filter: await plain.page.locator(".filter").isVisible(),
    failed: plain.said.failed,
  };
  await plain.close();
}

for (const [file, { page: name, wide = 1280, high = 860, scheme = "light", whole = false }] of Object.entries(given.shots ?? {})) {
  const { page, close } = await opened(given.pages[name], {
    viewport: { width: wide, height: high }, colorScheme: scheme, deviceScaleFactor: 1,
  });
  await page.screenshot({ path: file, fullPage: whole });
  await close();
}

await browser.close();
console.log(JSON.stringify({ seen, worked }));
