/* What the book's pages need beside the theme: a search that works from a disk, light print. */
if (location.protocol === "file:" && window.DOCUMENTATION_OPTIONS)
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false; // a summary is fetched, and a disk gives none

{
  const page = document.documentElement;
  let theme = null;
  addEventListener("beforeprint", () => {
    theme = page.dataset.theme;
    page.dataset.theme = "light";
  });
  addEventListener("afterprint", () => theme && (page.dataset.theme = theme));
}

addEventListener("DOMContentLoaded", () => {
  for (const summary of document.querySelectorAll(".bd-sidebar-primary summary")) {
    const lesson = summary.closest("li")?.querySelector("a")?.textContent.trim();
    summary.setAttribute("aria-label", `The exercise of ${lesson}`); // the theme gives no name
  }
});
