// Draws the charts of a page one after another, so that the page answers while they come. No expression of
// a chart is evaluated as code (ast), and nothing is fetched.
"use strict";
(() => {
  const options = {
    mode: "vega-lite",
    renderer: "svg",
    ast: true,
    actions: false,
    defaultStyle: false,
    tooltip: { theme: "clinft", disableDefaultStyle: true },
  };

  const draw = async (figure) => {
    const { spec, columns, rows } = JSON.parse(figure.querySelector("script[data-kind=chart]").textContent);
    const values = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    const plot = figure.querySelector(".plot");
    try {
      await vegaEmbed(plot, { ...spec, datasets: { rows: values } }, options);
      plot.dataset.drawn = "yes";
    } catch {
      plot.textContent = "This browser cannot draw the chart; the table has its figures.";
    }
  };

  const pause = () => new Promise((resolve) => setTimeout(resolve, 0));

  const all = async () => {
    for (const figure of document.querySelectorAll("figure.chart")) {
      await draw(figure);
      await pause();
    }
    document.documentElement.dataset.charts = "drawn";
  };

  all();
})();
