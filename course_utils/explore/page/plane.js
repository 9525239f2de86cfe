/** Panels with axes. */

import { power, powers, scale, ticks } from "./numbers.js";
import { make } from "./pieces.js";

/** Write a number of an axis, with a true minus. */
export const written = (x) => String(x).replace("-", "−");

/**
 * Draw an empty panel: grid, axes, words; return its scales and a layer that clips.
 *
 * `box` is { left, top, width, height } in pixels, `x` and `y` the ends of the axes, `log` which
 * of them are logarithmic ("x", "y", "xy"). `title` stands above in the colour of `look`,
 * `label` beside the y axis, `under` below the x axis, whose numbers stand where `numbered`;
 * `xticks` are the numbers there, if not round ones; `write` says how the numbers of an axis that
 * is not logarithmic are written.
 */
export function panel({
  box, x, y, log = "", title, label, under, look, numbered, xticks, write = written,
}) {
  const { left, top, width, height } = box;
  const [xlog, ylog] = [log.includes("x"), log.includes("y")];
  const [sx, sy] = [scale(x, [left, left + width], xlog), scale(y, [top + height, top], ylog)];
  const node = make("g", { class: "panel" });
  const line = (x1, y1, x2, y2, kind) => node.append(make("line", { x1, y1, x2, y2, class: kind }));
  const text = (x, y, kind, text) => node.append(make("text", { x, y, class: kind, text }));
  for (const k of xticks ?? (xlog ? powers(...x, width / 60) : ticks(...x, width / 70))) {
    line(sx(k), top, sx(k), top + height, k === 0 ? "zero" : "grid");
    if (numbered) text(sx(k), top + height + 16, "below", xlog ? power(k) : write(k));
  }
  for (const k of ylog ? powers(...y, height / 24) : ticks(...y, height / 34)) {
    line(left, sy(k), left + width, sy(k), "grid");
    text(left - 7, sy(k) + 4, "beside", ylog ? power(k) : write(k));
  }
  line(left, top, left, top + height, "axis");
  line(left, top + height, left + width, top + height, "axis");
  if (title) text(left, top - 8, `title ${look}`, title);
  if (under) text(left + width / 2, top + height + 34, "label maths", under);
  if (label) {
    const [column, middle] = [left - 40, top + height / 2]; // some serif fonts reach 14 px up
    text(column, middle, "label maths", label);
    node.lastChild.setAttribute("transform", `rotate(-90 ${column} ${middle})`);
  }
  const viewBox = `${left} ${top} ${width} ${height}`;
  const layer = make("svg", { x: left, y: top, width, height, viewBox, overflow: "hidden" });
  return { node, layer, sx, sy, look, box };
}

/** Return the path through points (x, y), in the pixels of a panel. */
export function pathOf({ sx, sy }, xs, ys) {
  const points = Array.from(xs, (x, i) => `${sx(x).toFixed(2)} ${sy(ys[i]).toFixed(2)}`);
  return `M${points.join("L")}`;
}
