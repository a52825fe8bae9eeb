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
      const drawn = document.documentElement.dataset.charts === "drawn";
      return document.documentElement.dataset.ready && (drawn || !document.querySelector("figure.chart"));
    });
  }
  return { page, said, close: () => context.close() };
};

const looks = (page) =>
  page.evaluate(() => ({
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

const accessible = async (page) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() =>
    axe.run(document, {
      preload: false, // it would fetch the stylesheet, which the page's policy forbids
      // Tables of committed reports have headings without a word, by their Markdown.
      rules: { "empty-table-header": { enabled: false } },
      resultTypes: ["violations"],
    }),
  );
  return found.violations.map((one) => `${one.id}: ${one.nodes[0].html.slice(0, 160)} (${one.nodes.length})`);
};

const seen = {};
for (const [name, address] of Object.entries(given.pages)) {
  for (const [look, options] of Object.entries({
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    phone: { colorScheme: "light", viewport: PHONE, isMobile: true, hasTouch: true },
  })) {
    const { page, said, close } = await opened(address, options);
    seen[`${name} ${look}`] = { ...(await looks(page)), ...said, axe: given.axe === false ? [] : await accessible(page) };
    await close();
  }
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
  const actual = pointed.page.locator("table.runs thead button", { hasText: "Actual" });
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
