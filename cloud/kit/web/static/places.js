// An open list of the navigation closes by Escape and gives the focus back; a tap beside it needs no script.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".places details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
