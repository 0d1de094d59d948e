// Passkeys: the browser makes or uses one, the service has drawn what it signs. Bytes travel as base64url.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const post = async (path, body) => {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Refused(answer.status);
    return answer.json();
  };
  class Refused extends Error {
    constructor(status) { super(`the service answered ${status}`); this.status = status; }
  }
  const show = (box, state) => {
    for (const part of box.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  };
  const outcome = (error) => {
    if (error instanceof Refused) return { 403: "refused", 409: "too-many", 429: "wait" }[error.status] ?? "failed";
    if (error.name === "InvalidStateError") return "known";
    return ["NotAllowedError", "AbortError"].includes(error.name) ? "cancelled" : "failed";
  };
  const told = (made) => {
    const response = { clientDataJSON: text(made.response.clientDataJSON) };
    for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (made.response[name]) response[name] = text(made.response[name]);
    }
    return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {}, response };
  };
  const whenAsked = (box, trigger, event, ceremony) => {
    if (!box || !window.PublicKeyCredential) return;
    box.hidden = false;
    trigger.addEventListener(event, async (happened) => {
      happened.preventDefault();
      show(box, null);
      const button = box.querySelector("button");
      button.disabled = true;
      try { location.assign(await ceremony()); } catch (error) { show(box, outcome(error)); }
      button.disabled = false;
    });
  };

  const login = document.getElementById("passkey");
  whenAsked(login, document.getElementById("passkey-use"), "click", async () => {
    const options = await post("/login/passkey/options", {});
    options.challenge = bytes(options.challenge);
    const signed = await navigator.credentials.get({ publicKey: options });
    return (await post("/login/passkey", { next: login.dataset.next, credential: told(signed) })).then;
  });

  const form = document.getElementById("passkey-new");
  whenAsked(form, form, "submit", async () => {
    const options = await post("/account/passkeys/options", { proof: form.elements.proof?.value ?? "" });
    options.challenge = bytes(options.challenge);
    options.user.id = bytes(options.user.id);
    for (const one of options.excludeCredentials ?? []) one.id = bytes(one.id);
    const made = await navigator.credentials.create({ publicKey: options });
    await post("/account/passkeys", { name: form.elements.name.value, credential: told(made) });
    return "/account/passkeys";
  });
})();
