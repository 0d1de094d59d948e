// The guard's view: a PIN, a class, a tap; ten seconds to take it back.
"use strict";

const byId = (id) => document.getElementById(id);
const marked = new Set();
let pin = "";
let lists = { classes: {}, waiting: [] };
let current = null;
let last = null;

async function ask(path, content) {
  const options = content === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
  };
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (answer.status === 403) lock(path === "/guard/unlock" ? body : null);
  else if (!answer.ok) tell(`Chưa ghi được: ${body.problem ?? answer.status}`);
  return answer.ok ? body : null;
}

function button(text, action, name = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.className = name;
  made.addEventListener("click", action);
  return made;
}

function lock(refusal) {
  byId("lock").hidden = false;
  byId("desk").hidden = true;
  pin = "";
  byId("dots").textContent = "";
  if (!refusal) return;
  byId("problem").textContent = !refusal.set_up ? "Chưa đặt mã PIN: diemdanh-edge panel-pin"
    : refusal.wait_s ? `Sai nhiều lần. Thử lại sau ${refusal.wait_s} giây` : "Mã PIN không đúng";
}

function press(key) {
  byId("problem").textContent = "";
  if (key === "⌫") pin = pin.slice(0, -1);
  else if (key === "OK") return unlock();
  else pin += key;
  byId("dots").textContent = "●".repeat(pin.length);
}

async function unlock() {
  const tried = pin;
  pin = "";
  byId("dots").textContent = "";
  if (await ask("/guard/unlock", { pin: tried })) await open();
}

async function open() {
  const answer = await ask("/guard/list");
  if (!answer) return;
  lists = answer;
  byId("lock").hidden = true;
  byId("desk").hidden = false;
  byId("problem").textContent = "";
  const names = Object.keys(lists.classes);
  current = names.includes(current) ? current : names[0] ?? null;
  draw();
}

function draw() {
  byId("classes").replaceChildren(...Object.keys(lists.classes).map((name) => {
    const made = button(name, () => { current = name; draw(); });
    if (name === current) made.setAttribute("aria-current", "true");
    return made;
  }));
  const people = lists.classes[current] ?? [];
  const empty = document.createElement("p");
  empty.textContent = "Chưa có danh sách lớp trên máy này.";
  byId("people").replaceChildren(...(people.length ? people.map((one) =>
    button(one.name, () => mark(one), marked.has(one.person) ? "marked" : "")) : [empty]));
}

async function mark(one) {
  if (marked.has(one.person)) return;
  const answer = await ask("/guard/mark", { person: one.person });
  if (!answer) return;
  marked.add(one.person);
  last = { ...one, held: answer.held, until: Date.now() + 10000 };
  draw();
}

async function takeBack() {
  const undone = last;
  last = null;
  const answer = await ask("/guard/undo", { held: undone.held });
  if (answer && answer.undone) marked.delete(undone.person);
  else if (answer) tell("Đã gửi đi: sửa ở sổ điểm danh");
  draw();
}

function tell(text) {
  byId("undo").hidden = false;
  byId("done").textContent = text;
  byId("take-back").hidden = true;
  last = null;
  setTimeout(() => { if (!last) byId("undo").hidden = true; }, 6000);
}

setInterval(() => {
  if (!last) return;
  const left = Math.ceil((last.until - Date.now()) / 1000);
  byId("undo").hidden = left <= 0;
  byId("done").textContent = `Đã điểm danh ${last.name}`;
  byId("take-back").hidden = false;
  byId("take-back").textContent = `Hoàn tác (${left})`;
  if (left <= 0) last = null;
}, 200);

byId("keys").append(...["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "OK"].map((key) =>
  button(key, () => press(key), key === "OK" ? "enter" : "")));
document.addEventListener("keydown", (event) => {
  if (byId("lock").hidden) return;
  if (/^[0-9]$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("⌫");
  else if (event.key === "Enter") press("OK");
});
byId("close").addEventListener("click", () => { ask("/guard/lock", {}); lock(null); });
byId("take-back").addEventListener("click", takeBack);
open();
