// Every control that the Tab key passes over, that takes no focus, or that does not show that it has it.
() => {
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [onclick]";
  const look = (element) => {
    const { outlineStyle, outlineColor, boxShadow } = getComputedStyle(element);
    return outlineStyle === "none" ? boxShadow : `${outlineStyle} ${outlineColor} ${boxShadow}`;
  };
  // A box that a label hides may be shown by the label or by what follows it.
  const around = (element) => [element, element.nextElementSibling, element.closest("label")].filter(Boolean);
  const said = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const found = [];
  for (const element of document.querySelectorAll(controls)) {
    if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
    const before = around(element).map(look);
    element.focus({ preventScroll: true });
    if (element.tabIndex < 0) found.push(`passed over: ${said(element)}`);
    else if (document.activeElement !== element) found.push(`takes no focus: ${said(element)}`);
    else if (around(element).every((one, number) => look(one) === before[number])) found.push(`does not show its focus: ${said(element)}`);
  }
  document.activeElement?.blur();
  return found;
}
