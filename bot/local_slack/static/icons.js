// Small line drawings for controls, since not every machine has a font with pictures.

import { svg } from "./dom.js";

const PATHS = {
  menu: "M3 5h14M3 10h14M3 15h14",
  bolt: "M11 2 4 11h5l-1 7 8-10h-6z",
  inspect: "M2 10h4l2-6 4 12 2-6h4",
  attach: "M15 9 9 15a3.4 3.4 0 0 1-5-5l7-7a2.3 2.3 0 0 1 3.4 3.2l-6.6 6.6a1 1 0 0 1-1.6-1.4L12 6",
  send: "M3 3l14 7-14 7 2.5-7zM5.5 10H17",
  smile: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M6.8 12a3.6 3.6 0 0 0 6.4 0M7.5 7.6v.3M12.5 7.6v.3",
  reply: "M3 4h14v9h-7l-4 4v-4H3z",
  more: "M4.5 10h.1M10 10h.1M15.5 10h.1",
  lock: "M5 9h10v8H5zM7 9V6a3 3 0 0 1 6 0v3",
  archive: "M3 4h14v4H3zM4.5 8v8h11V8M8 11h4",
  home: "M3 10l7-6 7 6M5 8.6V16h10V8.6",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5M10 8a2 2 0 1 0 0 4 2 2 0 0 0 0-4",
  file: "M5 2.5h7l3 3V17.5H5zM12 2.5v3h3M7.5 10h5M7.5 13h5",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 11h6.6L14 6",
  up: "M6 9v8H3V9zM6 9.5 9.5 3c1.4 0 2 .9 2 2V8h4c1 0 1.6.8 1.4 1.8l-1.2 5.8c-.2.9-.8 1.4-1.6 1.4H6",
  down: "M6 11V3H3v8zM6 10.500l3.500 6.500c1.400 0 2-.9 2-2V12h4c1 0 1.600-.8 1.400-1.800l-1.200-5.800C15.500 3.500 14.900 3 14.100 3H6",
  left: "M12 4l-6 6 6 6",
  right: "M8 4l6 6-6 6",
  close: "M5 5l10 10M15 5L5 15",
  mail: "M2.5 4.500h15v11h-15zM3 5l7 6 7-6",
  search: "M8.500 3.500a5 5 0 1 0 0 10 5 5 0 0 0 0-10M12.300 12.300 17 17",
  sun: "M10 6.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7M10 2v1.500M10 16.500V18M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100",
  moon: "M16.500 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.500 8.500z",
  contrast: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 3v14M10 6.500l5.500 0M10 10l7 0M10 13.500l5.500 0",
  picture: "M3 4h14v12H3zM3 14l4-4 3 3 3-4 4 5M7 7.300v.1",
};

/** A drawing by its name; it is silent, so the control around it carries the words. */
export function icon(name) {
  return svg(
    "svg",
    { viewBox: "0 0 20 20", class: `line-icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    svg("path", { d: PATHS[name] || PATHS.more })
  );
}
