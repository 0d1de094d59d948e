// What waits for staff in the guard's view: faces to be told apart by a second factor, faces that gave no name.
"use strict";

let drawn = "";

function drawAsked(questions) {
  byId("asked").replaceChildren(...questions.map((one) => {
    const row = document.createElement("div");
    const text = document.createElement("span");
    text.textContent = "Các em này rất giống nhau. Em nào đang đứng đây?";
    row.append(text, ...one.candidates.map((who) => button(who.name, () => mark(who))));
    return row;
  }));
}

function choice(item) {
  const made = document.createElement("select");
  made.setAttribute("aria-label", "Người khác");
  made.append(new Option("Người khác…", ""));
  for (const [name, people] of Object.entries(lists.classes)) {
    const group = document.createElement("optgroup");
    group.label = name;
    group.append(...people.map((one) => new Option(one.name, one.person)));
    made.append(group);
  }
  made.addEventListener("change", () => made.value && decide("/guard/assign", { item, person: made.value }));
  return made;
}

function drawFace(one) {
  const row = document.createElement("article");
  const picture = document.createElement("img");
  picture.src = `/guard/face/${one.item}.jpg`;
  picture.alt = `Khuôn mặt lúc ${one.at}`;
  const side = document.createElement("div");
  const said = document.createElement("p");
  said.className = "said";
  const who = document.createElement("div");
  who.className = "who";
  if (one.verdict) {
    said.textContent = one.verdict === "dismissed" ? `${one.at}: đã bỏ qua` : `${one.at}: ${one.name}`;
    who.append(button("Hoàn tác", () => decide("/guard/take-back", { item: one.item })));
  } else {
    said.textContent = `${one.at}: ${one.outcome === "ask" ? "chưa chắc là ai" : "chưa nhận ra"}`;
    who.append(
      ...one.candidates.map((them) =>
        button(them.name, () => decide("/guard/assign", { item: one.item, person: them.person }))),
      choice(one.item),
      button("Bỏ qua", () => decide("/guard/dismiss", { item: one.item }), "dismiss"),
    );
  }
  side.append(said, who);
  row.append(picture, side);
  return row;
}

function drawFaces(faces) {
  const none = document.createElement("p");
  none.textContent = "Không còn khuôn mặt nào cần xem.";
  byId("faces").replaceChildren(...(faces.length ? faces.map(drawFace) : [none]));
}

async function decide(path, content) {
  if (await ask(path, content)) await look();
}

async function look() {
  if (byId("desk").hidden) return;
  const waiting = await ask("/guard/waiting");
  if (!waiting) return;
  const open = waiting.faces.filter((one) => !one.verdict).length;
  byId("review").hidden = !waiting.faces.length && byId("faces").hidden;
  byId("review").textContent = `Xem lại (${open})`;
  // Drawn again only when something else is to be seen: a list that is open in somebody's hand stays open.
  const now = JSON.stringify([waiting.questions.map((one) => one.question),
    waiting.faces.map((one) => [one.item, one.verdict, one.name])]);
  if (now === drawn) return;
  drawn = now;
  drawAsked(waiting.questions);
  drawFaces(waiting.faces);
}

byId("review").addEventListener("click", () => {
  const shown = byId("faces").hidden;
  byId("faces").hidden = !shown;
  byId("people").hidden = shown;
  byId("review").setAttribute("aria-pressed", String(shown));
});
setInterval(look, 1000);
