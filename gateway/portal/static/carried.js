// What was written in a page's other forms comes along with the one that is sent, so that it stands there again after it.
(() => {
  "use strict";
  const asItCame = (field) => {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked === field.defaultChecked;
    const first = field.options && ([...field.options].find((each) => each.defaultSelected) || field.options[0]);
    return field.value === (first ? first.value : field.defaultValue);
  };
  document.addEventListener("submit", ({ target: sent, defaultPrevented: held }) => {
    if (held || !sent.matches("[data-once]")) return;
    for (const form of document.querySelectorAll("form[data-kept]")) {
      const prefix = `kept.${form.dataset.kept}.`, before = [...sent.elements].filter(({ name }) => name.startsWith(prefix));
      const fields = [...form.elements].filter((field) => field.name && field.matches("input:not([type=hidden]), textarea, select"));
      if (form === sent || (!before.length && fields.every(asItCame))) continue;
      before.forEach((field) => field.remove());
      for (const { name, value } of fields.filter((field) => !field.matches("[type=checkbox], [type=radio]") || field.checked))
        sent.append(Object.assign(document.createElement("input"), { type: "hidden", name: prefix + name, value }));
    }
  });
})();
