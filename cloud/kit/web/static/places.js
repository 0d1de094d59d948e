// An open list of the navigation closes by Escape and gives the focus back; a tap beside it needs no script.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".places details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// Where tabs are wider than the phone, the one that is open is in sight.
for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const row = here.closest(".tabs");
  const left = here.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft = left - (row.clientWidth - here.offsetWidth) / 2;
}
