/** The account: rename, change roles, remove members, invite by mail. Each change is a call of the API. */
import { readForm, whileBusy } from "./fields.js";
import { call } from "../ui/api.js";
import { bound, find, make, readIsland, write } from "../ui/dom.js";
import { formatDate } from "../ui/format.js";
import { mountPreferences } from "../ui/preferences.js";

/** @typedef {{ id: number, email: string, role: string, expires_at: string }} Invitation */

/** @type {{ account?: string, role?: string }} */
const { account = "" } = readIsland("first-paint");
const of = (/** @type {string} */ path) => `/api/account${path}?account=${encodeURIComponent(account)}`;

mountPreferences();
for (const row of document.querySelectorAll("[data-member]")) if (row instanceof HTMLElement) mountMember(row);
mountForm("rename", rename);
mountForm("invite", invite);
if (document.querySelector("[data-invitations]")) void drawInvitations();

/** @param {string} name @param {(form: HTMLFormElement) => Promise<void>} act */
function mountForm(name, act) {
  const form = document.querySelector(`[data-form="${name}"]`);
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (find('[type="submit"]', form));
    void whileBusy(button, async () => void (await attempt(() => act(form))));
  });
}

/** Runs `act`; what it refuses is shown. @param {() => Promise<unknown>} act @returns {Promise<boolean>} whether it was done */
async function attempt(act) {
  const notice = bound("notice");
  notice.hidden = true;
  try {
    await act();
    return true;
  } catch (error) {
    notice.hidden = false;
    write(notice, error instanceof Error ? error.message : String(error));
    notice.scrollIntoView({ block: "nearest" });
    return false;
  }
}

/** @param {HTMLFormElement} form */
async function rename(form) {
  const { name } = await call("PATCH", of(""), { name: readForm(form).name ?? "" });
  write(find("#name-heading"), name);
}

/** @param {HTMLFormElement} form */
async function invite(form) {
  const { email, role } = readForm(form);
  const made = await call("POST", of("/invitations"), { email, role });
  write(bound("invited"), `${made.email} is invited as ${made.role}, until ${formatDate(made.expires_at)}.`);
  form.reset();
  await drawInvitations();
}

/** @param {HTMLElement} row */
function mountMember(row) {
  const path = `/members/${row.dataset.member}`;
  const select = row.querySelector("[data-role]");
  const button = row.querySelector("[data-remove]");
  if (select instanceof HTMLSelectElement) {
    select.addEventListener("change", async () => {
      // What follows from a role, such as who may leave, is the server's to say.
      if (await attempt(() => call("PATCH", of(path), { role: select.value }))) location.reload();
      else select.value = [...select.options].find((option) => option.defaultSelected)?.value ?? select.value;
    });
  }
  if (button instanceof HTMLButtonElement) button.addEventListener("click", () => void remove(path, button.dataset.remove ?? ""));
}

/** @param {string} path @param {string} name of the member; `self` for the reader */
async function remove(path, name) {
  const isSelf = name === "self";
  const isSure = await confirm(
    isSelf ? "Leave the account?" : `Remove ${name}?`,
    isSelf ? "You will not see its stores any more. To come back, you need another invitation." : "The member will not see the stores of the account any more, at once.",
    isSelf ? "Leave" : "Remove",
  );
  if (isSure && (await attempt(() => call("DELETE", of(path))))) location.assign(isSelf ? "/account/" : location.href);
}

/** @param {string} heading @param {string} text @param {string} act @returns {Promise<boolean>} */
function confirm(heading, text, act) {
  const dialog = /** @type {HTMLDialogElement} */ (find('[data-dialog="remove"]'));
  write(bound("remove-heading"), heading);
  write(bound("remove-text"), text);
  write(bound("remove-button"), act);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "remove"), { once: true }));
}

/** The invitations that can be accepted; without that call of the API, none are shown. */
async function drawInvitations() {
  /** @type {{ items: Invitation[] }} */
  const { items } = await call("GET", of("/invitations")).catch(() => ({ items: [] }));
  find("[data-open-invitations]").hidden = items.length === 0;
  find("[data-invitations]").replaceChildren(...items.map(makeInvitation));
}

/** @param {Invitation} invitation */
function makeInvitation({ id, email, role, expires_at }) {
  const item = make("li", "", make("span", "member-name", make("b", "", email), make("span", "soft", `until ${formatDate(expires_at)}`)), make("span", "member-role", role));
  const button = make("button", "button is-small", "Withdraw");
  button.setAttribute("type", "button");
  button.setAttribute("aria-label", `Withdraw the invitation of ${email}`);
  button.addEventListener("click", async () => {
    if (await attempt(() => call("DELETE", of(`/invitations/${id}`)))) await drawInvitations();
  });
  item.append(button);
  return item;
}
