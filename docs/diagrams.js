// Draws the diagrams of a page, which are blocks of code in the language of Mermaid. The library is fetched on pages that have
// some, and used only if it is the file that is meant; without a network the text of the diagram is shown.
(() => {
  const diagrams = [...document.querySelectorAll("code.language-mermaid")];
  if (diagrams.length === 0) return;
  const script = document.createElement("script");
  script.src = "https://cdn.jsdelivr.net/npm/mermaid@11.17.2/dist/mermaid.min.js";
  script.integrity = "sha384-EOXBFmc3gx5mb+vn0vPvvGqACToJD24hhacX5Yx+8NUUQrHIle/Qi5Bg9o3zKwW2";
  script.crossOrigin = "anonymous";
  script.onload = () => {
    const dark = ["navy", "coal", "ayu"].some((theme) => document.documentElement.classList.contains(theme));
    const nodes = diagrams.map((code) => {
      const drawing = document.createElement("div");
      drawing.textContent = code.textContent;
      code.parentElement.replaceWith(drawing);
      return drawing;
    });
    mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "default" });
    mermaid.run({ nodes });
  };
  document.head.append(script);
})();
